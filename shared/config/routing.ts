/**
 * Which model a call goes to (AI-4), as data. Rules are asked in order and the first that fits decides; the answer
 * names it. Before the rules of the house stand those that administrators have stored.
 */
import { type CatalogueModel, type ModelClass, modelClasses, modelNamed, modelOfClass } from './models.ts';
import type { Plan } from './plans.ts';

/** What must hold for a rule to fit; what is left out does not matter. */
export type RouteCondition = {
  plan?: readonly Plan[] | undefined;
  task?: readonly string[] | undefined;
  feature?: readonly string[] | undefined;
  /** This attempt at the same task, or a later one. */
  iterationFrom?: number | undefined;
  /** At least so many tokens in the prompt, by its upper bound. */
  promptTokensFrom?: number | undefined;
  /** At most so much left of the budget, in percent; does not fit where that is not known. */
  budgetLeftPercentUpTo?: number | undefined;
};

export type RouteRule = {
  /** Named in answers and in the ledger. */
  name: string;
  when: RouteCondition;
  /** A class, or a model of the catalogue by its name. */
  use: string;
  /** Of a tenant's rule: it holds as well where the caller names a model. The platform's always do. */
  firm?: boolean | undefined;
};

/** What has been decided for a caller before the rules of the house. */
export type Routing = {
  /** Rules of the platform about this tenant. */
  exceptions: readonly RouteRule[];
  /** Rules of the platform about every tenant. */
  administrator: readonly RouteRule[];
  /** The tenant's own. */
  tenant: readonly RouteRule[];
  /** Classes that the caller and the tenant prefer. */
  preferred: { own: ModelClass | null; tenant: ModelClass | null };
};

/** What the names of stored rules begin with in answers and in the ledger; those of the house have none. */
export const routePrefix = {
  exceptions: 'exception:',
  administrator: 'administrator:',
  tenant: 'tenant:',
} as const satisfies Partial<Record<keyof Routing, string>>;

/** The rules of the house; where none of them fits, what somebody prefers, and else the class of the plan. */
export const routeRules: readonly RouteRule[] = [
  { name: 'qa-again', when: { task: ['qa'], iterationFrom: 2 }, use: 'haiku' },
  { name: 'budget-low', when: { budgetLeftPercentUpTo: 5 }, use: 'haiku' },
];

/** The class of a plan, where nothing else has decided; the rule is called `plan-<plan>`. */
export const classOfPlan: Readonly<Record<Plan, ModelClass>> = {
  basic: 'haiku',
  pro: 'sonnet',
  enterprise: 'sonnet',
};

/** Classes that a plan may have when somebody wishes them. */
export const classesOfPlan: Readonly<Record<Plan, readonly ModelClass[]>> = {
  basic: ['haiku'],
  pro: ['haiku', 'sonnet'],
  enterprise: ['haiku', 'sonnet', 'opus'],
};

/** The most rules in one list; all of them are remembered with each caller. */
export const mostRoutes = 20;

/** What a class or a model's name means; undefined for what is neither, or answers no messages. */
export function modelMeant(name: string): { model: string; class: ModelClass } | undefined {
  const ofClass = modelClasses.find((one) => one === name);
  const model = ofClass === undefined ? name : modelOfClass[ofClass];
  const found: CatalogueModel | undefined = modelNamed(model);
  return found === undefined || found.class === 'embedding' ? undefined : { model, class: found.class };
}
