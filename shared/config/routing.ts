/** Which model a call goes to (AI-4), as data: the first rule that fits decides, and the answer names it. */
import type { ModelClass } from './models.ts';
import type { Plan } from './plans.ts';

/** What must hold for a rule to fit; what is left out does not matter. */
export type RouteCondition = {
  plan?: readonly Plan[];
  task?: readonly string[];
  /** This attempt at the same task, or a later one. */
  iterationFrom?: number;
  /** At least so many tokens in the prompt, by its upper bound. */
  promptTokensFrom?: number;
  /** At most so much left of the budget, in percent; does not fit where that is not known. */
  budgetLeftPercentUpTo?: number;
};

export type RouteRule = {
  /** Named in answers and in the ledger. */
  name: string;
  when: RouteCondition;
  use: ModelClass;
};

/** The rules of the house, after those of an administrator and of the tenant. The last fits every call. */
export const routeRules: readonly RouteRule[] = [
  { name: 'qa-again', when: { task: ['qa'], iterationFrom: 2 }, use: 'haiku' },
  { name: 'budget-low', when: { budgetLeftPercentUpTo: 5 }, use: 'haiku' },
  { name: 'plan-basic', when: { plan: ['basic'] }, use: 'haiku' },
  { name: 'plan-pro', when: { plan: ['pro'] }, use: 'sonnet' },
  { name: 'plan-enterprise', when: { plan: ['enterprise'] }, use: 'sonnet' },
];

/** Classes that a plan may have when somebody wishes them. */
export const classesOfPlan: Readonly<Record<Plan, readonly ModelClass[]>> = {
  basic: ['haiku'],
  pro: ['haiku', 'sonnet'],
  enterprise: ['haiku', 'sonnet', 'opus'],
};
