/**
 * How much is left of the budgets of a call, for rules that go by it. It is no promise: only a reservation is. So what
 * was read is good for a few seconds, and calls that come at once read once.
 */
import type { TenantId } from '../../contract/ids.ts';
import { inForce, limitAt, scopesOf, type Spender, tagOf } from './budget.ts';
import { committedName } from './hold.ts';
import { type BudgetItem, readItem } from './item.ts';
import { type Moment, type Payer, windowsAt } from './reserve.ts';

/**
 * The least that is left of a budget of the call, in whole percent of what it allows now, holds counted as spent.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function budgetLeftPercent(payer: Payer, spender: Spender, moment: Moment): Promise<number> {
  const item = await lately(payer.id, moment);
  const [day, month] = windowsAt(payer, moment.now);
  const scopes = scopesOf(spender);
  const shares = inForce(item.budgets, payer.plan)
    .filter(
      ({ kind, subject, policy }) =>
        policy !== 'alert' && scopes.some((scope) => scope.kind === kind && scope.subject === subject),
    )
    .map((budget) => {
      const counter = committedName(budget.window === 'day' ? day : month, tagOf(budget));
      return share(limitAt(budget, moment.now), item.amounts.get(counter) ?? 0n);
    });
  return Math.min(100, ...shares);
}

/** Forgets what was read, as a new instance knows nothing; for tests. */
export function forgetBudgetsLeft(): void {
  seen.clear();
}

const freshMs = 5_000;
const mostSeen = 2_000;
const seen = new Map<TenantId, { item: Promise<BudgetItem>; untilMs: number }>();

function lately(tenantId: TenantId, { deadlineMs }: Moment): Promise<BudgetItem> {
  const found = seen.get(tenantId);
  if (found !== undefined && found.untilMs > Date.now()) return found.item;
  const item = readItem(tenantId, deadlineMs);
  if (seen.size >= mostSeen) seen.clear();
  seen.set(tenantId, { item, untilMs: Date.now() + freshMs });
  // What failed is tried again by the next call.
  item.catch(() => seen.delete(tenantId));
  return item;
}

function share(limitPico: bigint, committedPico: bigint): number {
  const left = limitPico - committedPico;
  return left <= 0n ? 0 : Number((left * 100n) / limitPico);
}
