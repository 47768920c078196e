/** What is left to the platform of what it charges tenants for AI. It sees sums, and no call of anybody. */
import { aiMarkupPercent } from '../../config/ai-limits.ts';
import type { Plan } from '../../config/plans.ts';
import type { Transaction } from '../../contract/context.ts';
import { formatId, type TenantId } from '../../contract/ids.ts';
import { sql } from '../../db/sql.ts';
import { timesRatio } from '../pricing/pico.ts';

export type Margin = {
  tenantId: TenantId;
  calls: number;
  /** What providers charge. */
  costPico: bigint;
  /** What the tenant is charged, by its plan of today. */
  chargedPico: bigint;
  marginPico: bigint;
};

/**
 * The margin of each tenant that called models in a time, dearest first.
 * @param tx of the platform's login: no other may ask
 */
export async function marginByTenant(
  tx: Transaction,
  { since, before }: { since: Date; before: Date },
): Promise<Margin[]> {
  const rows = await tx.query<{ tenant_id: string; plan: Plan; calls: string; cost_pico: string }>(sql`
    select c.tenant_id, t.plan, c.calls, c.cost_pico
    from app.ai_cost_by_tenant(${since}, ${before}) c join app.tenants t on t.id = c.tenant_id
    order by c.cost_pico desc, c.tenant_id`);
  return rows.map(({ tenant_id, plan, calls, cost_pico }) => {
    const costPico = BigInt(cost_pico);
    const chargedPico = timesRatio(costPico, { times: BigInt(100 + aiMarkupPercent[plan]), over: 100n });
    return {
      ...{ tenantId: formatId('tenant', tenant_id), calls: Number(calls), costPico, chargedPico },
      marginPico: chargedPico - costPico,
    };
  });
}
