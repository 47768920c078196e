/** Which budgets have reached a share of theirs that their tenant is told of. */
import { budgetAlertsAt } from '../../config/ai-limits.ts';
import type { BudgetWindow } from '../money.contract.ts';
import { type Budget, limitAt, type Scope, tagOf } from './budget.ts';
import { spentName } from './hold.ts';

/** One alert; there is never another of the same budget, window and share. */
export type DueAlert = Scope & {
  window: BudgetWindow;
  policy: Budget['policy'];
  /** Name of the window: `d20261121`, `M202611`. */
  windowName: string;
  percent: number;
  spentPico: bigint;
  limitPico: bigint;
};

/** The alerts that are due where so much was spent; what is only reserved does not count. */
export function alertsDue(
  budgets: readonly Budget[],
  [day, month]: readonly [string, string],
  amounts: ReadonlyMap<string, bigint>,
  now: Date,
): DueAlert[] {
  return budgets.flatMap((budget) => {
    const windowName = budget.window === 'day' ? day : month;
    const spentPico = amounts.get(spentName(windowName, tagOf(budget))) ?? 0n;
    const limitPico = limitAt(budget, now);
    const { kind, subject, window, policy } = budget;
    return (policy === 'alert' ? dailyAlertsAt : budgetAlertsAt)
      .filter((percent) => spentPico > 0n && spentPico * 100n >= limitPico * BigInt(percent))
      .map((percent) => ({ kind, subject, window, policy, windowName, percent, spentPico, limitPico }));
  });
}

/** What a day may cost before somebody is told is told of when it is reached; no budget is told of at that share. */
const dailyAlertsAt = [100] as const;
