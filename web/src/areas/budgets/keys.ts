/** What tells one budget from another. */
import type { Budget } from './budget-bar.tsx';

export type BudgetKey = Pick<Budget, 'scope' | 'window'> & { subject?: string };

export function keyOf({ scope, subject, window }: Budget): BudgetKey {
  return { scope, window, ...(subject === undefined ? {} : { subject }) };
}
