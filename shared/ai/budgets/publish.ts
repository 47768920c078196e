/** Brings the budgets that the database knows of to where reservations read them. */
import type { TenantId } from '../../contract/ids.ts';
import { type Budget, pack, tagOf } from './budget.ts';
import { committedName, spentName } from './hold.ts';
import { budgetsName, versionName, writeItem } from './item.ts';

/** What was spent before a budget existed, in the windows under way. */
export type Seed = { budget: Budget; windowName: string; spentPico: bigint };

/**
 * Publishes budgets under a version. An older version never replaces a newer one; publishing twice changes nothing.
 * @param seeds for counters that are not there yet: a budget in mid-month starts with what the month has cost
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function publishBudgets(
  tenantId: TenantId,
  version: number,
  { budgets, seeds = [] }: { budgets: readonly Budget[]; seeds?: readonly Seed[] },
  deadlineMs: number,
): Promise<void> {
  const counters = seeds.flatMap(({ budget, windowName, spentPico }) => [
    [committedName(windowName, tagOf(budget)), spentPico] as const,
    [spentName(windowName, tagOf(budget)), spentPico] as const,
  ]);
  await writeItem(
    tenantId,
    {
      set: { [versionName]: BigInt(version), [budgetsName]: pack(budgets) },
      setNew: Object.fromEntries(counters),
      when: [
        (n, v) => `(attribute_not_exists(${n(versionName)}) OR ${n(versionName)} < ${v(BigInt(version))})`,
      ],
    },
    deadlineMs,
  );
}
