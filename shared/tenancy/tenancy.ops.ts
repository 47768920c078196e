/** What members do with their tenant, and how one comes to be (TEN-1, TEN-2). */
import { settings } from '../config/environment.ts';
import { regions } from '../config/regions.ts';
import { fail, problems } from '../contract/errors.ts';
import { newId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { failOn } from '../db/constraint.ts';
import { sql } from '../db/sql.ts';
import { recordCaller } from './caller.ts';
import { domainTaken, slugTaken, type tenancyContract, wrongRegion } from './tenancy.contract.ts';
import { tenancyEvents } from './tenancy.events.ts';
import { type TenantRow, toTenant } from './tenancy.rows.ts';

export const tenancyOps: Ops<typeof tenancyContract> = {
  create: async (ctx, { slug, name, region, plan }) => {
    if (!ctx.user.emailVerified) throw fail(problems.emailUnverified);
    // The database of this deployment stands in one region; a tenant's residency is where its rows are.
    if (regions[region].aws !== settings.region()) throw fail(wrongRegion);
    const id = newId('tenant');
    await recordCaller(ctx.tx, ctx.user);
    const founded = await failOn('tenants_slug_key', slugTaken, () =>
      ctx.tx.one<TenantRow>(
        sql`select * from app.found_tenant(${uuidOf(id)}, ${slug}, ${name}, ${region}, ${plan})`,
      ),
    );
    ctx.audit({ target: { type: 'tenant', id }, after: { slug, name, region, plan } });
    ctx.emit(tenancyEvents.onboardingRequest, { tenantId: id, slug, region, plan });
    return toTenant(founded);
  },

  get: async (ctx) => toTenant(await ctx.tx.one<TenantRow>(sql`select * from app.tenants`)),

  update: async (ctx, { name, domain }) => {
    const before = await ctx.tx.one<TenantRow>(sql`select * from app.tenants for update`);
    const after = await failOn('tenants_domain_key', domainTaken, () =>
      ctx.tx.one<TenantRow>(sql`
        update app.tenants
        set name = ${name ?? before.name}, updated_at = now(),
            domain = ${domain === undefined ? before.domain : domain}
        returning *`),
    );
    ctx.audit({
      target: { type: 'tenant', id: ctx.tenant.id },
      before: { name: before.name, domain: before.domain },
      after: { name: after.name, domain: after.domain },
    });
    return toTenant(after);
  },
};
