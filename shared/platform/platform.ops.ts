/** What the platform's staff do with tenants (ACC-1, TEN-4). Their login sees tenants, none of their content. */
import type { PlatformContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { type TenantId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import type { Tenant } from '../tenancy/tenancy.contract.ts';
import { type TenantRow, type TenantStatus, toTenant } from '../tenancy/tenancy.rows.ts';
import { aiPlatformOps } from './ai-routes.ops.ts';
import { configurationOps } from './configuration.ops.ts';
import { fleetFigures } from './fleet-figures.ts';
import { type platformContract, wrongStatus } from './platform.contract.ts';
import { usersOps } from './users.ops.ts';

export const platformOps: Ops<typeof platformContract> = {
  tenants: async (ctx, { limit, cursor, status = null, search = null }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<TenantRow & { exact_at: string }>(sql`
      select *, app.exact_time(created_at) as exact_at from app.tenants
      where (${at}::timestamptz is null or (created_at, id) < (${at}::timestamptz, ${id}::uuid))
        and (${status}::text is null or status = ${status})
        and (${search}::text is null or position(lower(${search}) in lower(slug || ' ' || name)) > 0)
      order by created_at desc, id desc
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.id], toTenant);
  },

  tenant: async (ctx, { tenantId }) => {
    const found = await ctx.tx.maybeOne<TenantRow>(
      sql`select * from app.tenants where id = ${uuidOf(tenantId)}`,
    );
    if (found === undefined) throw fail(problems.notFound);
    return toTenant(found);
  },

  suspend: (ctx, { tenantId, reason }) => changeStatus(ctx, tenantId, 'active', 'suspended', reason),

  resume: (ctx, { tenantId, reason }) => changeStatus(ctx, tenantId, 'suspended', 'active', reason),

  ...configurationOps,

  ...aiPlatformOps,

  ...usersOps,

  fleet: (ctx) => fleetFigures(ctx.tx, ctx.now(), ctx.log),
};

async function changeStatus(
  ctx: PlatformContext,
  tenantId: TenantId,
  from: TenantStatus,
  to: TenantStatus,
  reason: string,
): Promise<Tenant> {
  const id = uuidOf(tenantId);
  const found = await ctx.tx.maybeOne<{ status: TenantStatus }>(
    sql`select status from app.tenants where id = ${id} for update`,
  );
  if (found === undefined) throw fail(problems.notFound);
  if (found.status !== from) throw fail(wrongStatus, { detail: `The tenant is ${found.status}.` });
  const changed = await ctx.tx.one<TenantRow>(sql`
    update app.tenants set status = ${to}, updated_at = now() where id = ${id} returning *`);
  ctx.audit({
    tenantId,
    target: { type: 'tenant', id: tenantId },
    reason,
    before: { status: from },
    after: { status: to },
  });
  ctx.reconfigure({ tenant: tenantId });
  return toTenant(changed);
}
