/** Budgets that were restored are in force with the next call: published with the transaction that restores them. */
import type { Plan } from '../../config/plans.ts';
import type { Transaction } from '../../contract/context.ts';
import type { TenantId } from '../../contract/ids.ts';
import { sql } from '../../db/sql.ts';
import { seedsOf, storedBudgets } from './manage.ts';
import { publishBudgets, type Seed } from './publish.ts';

/**
 * Publishes what the database says now, under a version of its own; a budget that is back starts with what its day and
 * its month have cost.
 * @throws Failure `dependency.unavailable` when the table with the counters cannot be reached
 */
export async function publishRestored(
  tx: Transaction,
  tenantId: TenantId,
  deadlineMs: number,
): Promise<void> {
  const moved = await tx.maybeOne<{ version: string }>(sql`
    update app.ai_tenants set budgets_version = app.next_version(budgets_version)
    where tenant_id = app.tenant_id() returning budgets_version as version`);
  // Who has never had a budget has none published either.
  if (moved === undefined) return;
  const { plan, time_zone: timeZone } = await tx.one<{ plan: Plan; time_zone: string }>(sql`
    select t.plan, coalesce(s.time_zone, 'UTC') as time_zone
    from app.tenants t left join app.tenant_settings s on s.tenant_id = t.id`);
  const budgets = await storedBudgets(tx);
  const seeds: Seed[] = [];
  for (const budget of budgets) {
    seeds.push(...(await seedsOf(tx, budget, { id: tenantId, plan, timeZone }, new Date())));
  }
  await publishBudgets(tenantId, Number(moved.version), { budgets, seeds }, deadlineMs);
}
