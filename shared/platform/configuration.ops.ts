/** What the platform's staff decide at run time, for all tenants and for one. All of it is in force at once. */
import { type CapabilityName, type KillSwitch, killSwitchNames } from '../config/capabilities.ts';
import type { Plan } from '../config/plans.ts';
import type { PlatformContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { type TenantId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import { difference, merged } from '../tenancy/change.ts';
import { type TenantRow, toTenant } from '../tenancy/tenancy.rows.ts';
import type { configurationContract } from './configuration.contract.ts';
import {
  noOverrides,
  type OverridesRow,
  type PlatformAuditRow,
  type PlatformSettingsRow,
  shownWindows,
  toOverrides,
  toPlatformAuditEvent,
  toSettings,
  toSwitches,
} from './configuration.rows.ts';

type Change = {
  switchedOff?: Partial<Record<KillSwitch, boolean>> | undefined;
  capabilities?: Partial<Record<CapabilityName, boolean | null>> | undefined;
  flags?: Partial<Record<string, boolean | null>> | undefined;
};
type Usage = Partial<Record<string, Partial<Record<string, number | 'unlimited' | null>> | null>>;

export const configurationOps: Ops<typeof configurationContract> = {
  settings: async (ctx) =>
    toSettings(await ctx.tx.one<PlatformSettingsRow>(sql`select * from app.platform_settings`)),

  changeSettings: async (ctx, { reason, ...change }) => {
    const before = await ctx.tx.one<PlatformSettingsRow>(sql`select * from app.platform_settings for update`);
    const { capabilities, flags, switchedOff } = applied(before, change);
    const after = await ctx.tx.one<PlatformSettingsRow>(sql`
      update app.platform_settings
      set capabilities = ${capabilities}, flags = ${flags}, switched_off = ${switchedOff}, updated_at = now()
      returning *`);
    ctx.audit({
      target: { type: 'platform', id: 'settings' },
      reason,
      ...difference(untimed(toSettings(before)), untimed(toSettings(after))),
    });
    ctx.reconfigure('platform');
    return toSettings(after);
  },

  changePlan: async (ctx, { tenantId, plan, reason }) => {
    const id = uuidOf(tenantId);
    const before = await ctx.tx.maybeOne<{ plan: Plan }>(
      sql`select plan from app.tenants where id = ${id} for update`,
    );
    if (before === undefined) throw fail(problems.notFound);
    const after = await ctx.tx.one<TenantRow>(sql`
      update app.tenants set plan = ${plan}, updated_at = now() where id = ${id} returning *`);
    ctx.audit({
      ...{ tenantId, target: { type: 'tenant', id: tenantId }, reason },
      ...{ before: { plan: before.plan }, after: { plan } },
    });
    ctx.reconfigure({ tenant: tenantId });
    return toTenant(after);
  },

  overrides: async (ctx, { tenantId }) => {
    const [found] = await ctx.tx.query<OverridesRow & { known: string }>(sql`
      select o.*, t.id as known
      from app.tenants t left join app.tenant_overrides o on o.tenant_id = t.id
      where t.id = ${uuidOf(tenantId)}`);
    if (found === undefined) throw fail(problems.notFound);
    return toOverrides(found.updated_at === null ? noOverrides : found);
  },

  changeOverrides: async (ctx, { tenantId, reason, rates, usage, ...change }) => {
    const before = await lockOverrides(ctx, tenantId);
    const { capabilities, flags, switchedOff } = applied(before, change);
    const after = await ctx.tx.one<OverridesRow>(sql`
      update app.tenant_overrides
      set rates = ${merged(before.rates, rates)}, usage = ${appliedUsage(before.usage, usage)},
          capabilities = ${capabilities}, flags = ${flags}, switched_off = ${switchedOff}, updated_at = now()
      where tenant_id = ${uuidOf(tenantId)}
      returning *`);
    ctx.audit({
      ...{ tenantId, target: { type: 'tenant', id: tenantId }, reason },
      ...difference(untimed(toOverrides(before)), untimed(toOverrides(after))),
    });
    ctx.reconfigure({ tenant: tenantId });
    return toOverrides(after);
  },

  auditEvents: async (ctx, { limit, cursor, action = null }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<PlatformAuditRow>(sql`
      select *, app.exact_time(occurred_at) as exact_at from app.platform_audit_events
      where (${at}::timestamptz is null or (occurred_at, id) < (${at}::timestamptz, ${id}::uuid))
        and (${action}::text is null or action = ${action})
      order by occurred_at desc, id desc
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.id], toPlatformAuditEvent);
  },
};

/** The tenant's overrides, locked, and made when it has none. */
export async function lockOverrides(ctx: PlatformContext, tenantId: TenantId): Promise<OverridesRow> {
  const id = uuidOf(tenantId);
  await ctx.tx.query(sql`
    insert into app.tenant_overrides (tenant_id) select id from app.tenants where id = ${id}
    on conflict do nothing`);
  const found = await ctx.tx.maybeOne<OverridesRow>(
    sql`select * from app.tenant_overrides where tenant_id = ${id} for update`,
  );
  if (found === undefined) throw fail(problems.notFound);
  return found;
}

/** When something changed last is not among what changed. */
function untimed<View extends { updatedAt: unknown }>(view: View): Record<string, unknown> {
  return { ...view, updatedAt: null };
}

function applied(
  before: Pick<PlatformSettingsRow, 'capabilities' | 'flags' | 'switched_off'>,
  change: Change,
) {
  const switches = merged(toSwitches(before.switched_off), change.switchedOff);
  return {
    capabilities: merged(before.capabilities, change.capabilities),
    flags: merged(before.flags, change.flags),
    switchedOff: killSwitchNames.filter((name) => switches[name]),
  };
}

/** Meter by meter and window by window; in the row, null stands for no limit. */
function appliedUsage(before: OverridesRow['usage'], change: Usage = {}): OverridesRow['usage'] {
  const meters = Object.entries(change).map(([meter, windows]) => {
    if (!windows) return [meter, null] as const;
    const all = merged<number | 'unlimited'>(shownWindows(before[meter] ?? {}), windows);
    const stored = Object.entries(all).map(
      ([name, limit]) => [name, limit === 'unlimited' ? null : limit] as const,
    );
    return [meter, stored.length === 0 ? null : Object.fromEntries(stored)] as const;
  });
  return merged<Record<string, number | null>>(before, Object.fromEntries(meters));
}
