/** What holds in a tenant, for operations and workers: read in their own transaction, as it stands there. */
import type { Transaction } from '../contract/context.ts';
import { sql } from '../db/sql.ts';
import { type TenantFacts, type TenantFactsRow, toTenantFacts } from './entry.ts';

/** The facts of the tenant that the transaction is in. */
export async function tenantFactsIn(tx: Transaction): Promise<TenantFacts> {
  return toTenantFacts(
    await tx.one<TenantFactsRow>(sql`
      select t.id as tenant_id, t.slug, t.plan, t.region, t.status, t.version,
             coalesce(s.time_zone, 'UTC') as time_zone, coalesce(s.environment, '{}') as environment,
             coalesce(s.flags, '{}') as flags,
             coalesce(s.switched_off, '{}') || coalesce(o.switched_off, '{}') as switched_off,
             coalesce(o.rates, '{}') as rate_overrides, coalesce(o.usage, '{}') as usage_overrides,
             coalesce(o.capabilities, '{}') as capability_overrides, coalesce(o.flags, '{}') as flag_overrides,
             coalesce(s.ai_routes, '[]') as ai_routes, coalesce(o.ai_routes, '[]') as ai_exceptions,
             -- Nobody calls here who could prefer anything.
             null as ai_own_class, p.model as ai_tenant_class
      from app.tenants t
      left join app.tenant_settings s on s.tenant_id = t.id
      left join app.tenant_overrides o on o.tenant_id = t.id
      left join app.ai_tenant_preferences p on p.tenant_id = t.id`),
  );
}
