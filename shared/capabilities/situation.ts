/** What decides about capabilities and flags inside a transaction, for work that did not come through the gate. */
import type { Plan } from '../config/plans.ts';
import type { Transaction } from '../contract/context.ts';
import { sql } from '../db/sql.ts';
import type { Situation } from './capabilities.ts';

type Decided = Record<string, boolean>;

type Row = {
  plan: Plan | null;
  flags: Decided;
  switched_off: string[];
  capability_overrides: Decided;
  flag_overrides: Decided;
  platform_capabilities: Decided;
  platform_flags: Decided;
  platform_switched_off: string[];
};

/** The situation of the tenant that the transaction is in; outside any, the platform's alone. */
export async function situationIn(tx: Transaction): Promise<Situation> {
  const row = await tx.one<Row>(sql`
    select t.plan, coalesce(s.flags, '{}') as flags,
           coalesce(s.switched_off, '{}') || coalesce(o.switched_off, '{}') as switched_off,
           coalesce(o.capabilities, '{}') as capability_overrides, coalesce(o.flags, '{}') as flag_overrides,
           p.capabilities as platform_capabilities, p.flags as platform_flags,
           p.switched_off as platform_switched_off
    from app.platform_state(false) p
    left join app.tenants t on true
    left join app.tenant_settings s on s.tenant_id = t.id
    left join app.tenant_overrides o on o.tenant_id = t.id`);
  return {
    platform: {
      capabilities: row.platform_capabilities,
      flags: row.platform_flags,
      switchedOff: row.platform_switched_off,
    },
    ...(row.plan === null ? {} : { plan: row.plan, tenant: tenantPart(row) }),
  };
}

function tenantPart({ flags, switched_off, capability_overrides, flag_overrides }: Row) {
  const overrides = { rates: {}, usage: {}, capabilities: capability_overrides, flags: flag_overrides };
  return { flags, switchedOff: switched_off, overrides };
}
