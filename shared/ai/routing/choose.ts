/**
 * Chooses the model of a call. In this order, the first that says something decides:
 *
 * 1. the platform's rules about this tenant, then those about all: these alone may go beyond the plan
 * 2. the tenant's firm rules
 * 3. the model that the call names, within the plan
 * 4. the tenant's other rules
 * 5. the rules of the house
 * 6. the class that the caller prefers, then the tenant's preference, where the plan has it
 * 7. the class of the plan
 */
import { type ModelClass, modelNamed } from '../../config/models.ts';
import type { Plan } from '../../config/plans.ts';
import {
  classesOfPlan,
  classOfPlan,
  modelMeant,
  type RouteCondition,
  routePrefix,
  type RouteRule,
  routeRules,
  type Routing,
} from '../../config/routing.ts';
import type { TenantContext } from '../../contract/context.ts';
import { fail } from '../../contract/errors.ts';
import { promptTooLong, unknownModel } from '../calls.contract.ts';
import type { Asked } from '../engine.ts';
import { mostInputTokens } from '../tokens.ts';

/** All that rules may look at. */
export type RouteFacts = {
  plan: Plan;
  task: string;
  /** What it is used for; none fits no rule that names some. */
  feature?: string | undefined;
  iteration: number;
  promptTokens: number;
  /** The least that is left of a budget of the call, where it is known. */
  budgetLeftPercent?: number | undefined;
  /** A model's name, or a class. */
  wish?: string | undefined;
};

export type Route = { model: string; rule: string };

/** What a choice depends on beside the call. */
export type Choosing = Pick<TenantContext, 'tenant' | 'routing'>;

/**
 * The model, and the rule that chose it.
 * @throws Failure `ai.unknown_model` for a wish that is not in the catalogue, or not in the plan
 */
export function chooseRoute(facts: RouteFacts, routing: Partial<Routing> = {}): Route {
  const { exceptions = [], administrator = [], tenant = [], preferred = nothing } = routing;
  const allowed = classesOfPlan[facts.plan];
  const firm = tenant.filter(({ firm: isFirm }) => isFirm === true);
  return (
    ruled(routePrefix.exceptions, exceptions, facts) ??
    ruled(routePrefix.administrator, administrator, facts) ??
    ruled(routePrefix.tenant, firm, facts, allowed) ??
    wished(facts, allowed) ??
    ruled(routePrefix.tenant, tenant, facts, allowed) ??
    ruled('', routeRules, facts) ??
    liked('own-preference', preferred.own, allowed) ??
    liked('tenant-preference', preferred.tenant, allowed) ??
    routeTo(classOfPlan[facts.plan], `plan-${facts.plan}`)
  );
}

/**
 * The model of a call.
 * @throws Failure `ai.unknown_model`, `ai.too_long` for an answer longer than the model gives
 */
export function chooseModel(ctx: Choosing, asked: Asked): Route {
  const choice = chooseRoute(factsOf(ctx, asked), ctx.routing);
  const { maxOutputTokens = 0 } = modelNamed(choice.model) ?? {};
  if (asked.request.maxTokens > maxOutputTokens) {
    throw fail(promptTooLong, { detail: `The model answers at most ${maxOutputTokens} tokens.` });
  }
  return choice;
}

/** What rules see of a call. */
export function factsOf({ tenant }: Choosing, asked: Asked): RouteFacts {
  const { task, feature, iteration, budgetLeftPercent, request } = asked;
  return {
    ...{ plan: tenant.plan, task, feature, iteration, budgetLeftPercent, wish: request.model },
    promptTokens: mostInputTokens({ ...request, model: '' }),
  };
}

const nothing: Routing['preferred'] = { own: null, tenant: null };

/** The first rule that fits. One whose model is gone, or not in the plan where that counts, is passed over. */
function ruled(
  whose: string,
  rules: readonly RouteRule[],
  facts: RouteFacts,
  allowed?: readonly ModelClass[],
): Route | undefined {
  for (const { name, when, use } of rules) {
    const meant = fits(when, facts) ? modelMeant(use) : undefined;
    if (meant !== undefined && (allowed?.includes(meant.class) ?? true)) {
      return { model: meant.model, rule: `${whose}${name}` };
    }
  }
  return undefined;
}

function wished({ wish }: RouteFacts, allowed: readonly ModelClass[]): Route | undefined {
  if (wish === undefined) return undefined;
  const meant = modelMeant(wish);
  if (meant === undefined || !allowed.includes(meant.class)) throw fail(unknownModel);
  return { model: meant.model, rule: 'wish' };
}

function liked(rule: string, ofClass: ModelClass | null, allowed: readonly ModelClass[]): Route | undefined {
  return ofClass !== null && allowed.includes(ofClass) ? routeTo(ofClass, rule) : undefined;
}

function routeTo(ofClass: ModelClass, rule: string): Route {
  const { model } = modelMeant(ofClass) ?? {};
  if (model === undefined) throw new Error(`the class ${ofClass} has no model`);
  return { model, rule };
}

function fits(when: RouteCondition, facts: RouteFacts): boolean {
  const { plan, task, feature, iterationFrom, promptTokensFrom, budgetLeftPercentUpTo: budget } = when;
  return (
    (plan === undefined || plan.includes(facts.plan)) &&
    (task === undefined || task.includes(facts.task)) &&
    (feature === undefined || (facts.feature !== undefined && feature.includes(facts.feature))) &&
    (iterationFrom === undefined || facts.iteration >= iterationFrom) &&
    (promptTokensFrom === undefined || facts.promptTokens >= promptTokensFrom) &&
    (budget === undefined || (facts.budgetLeftPercent !== undefined && facts.budgetLeftPercent <= budget))
  );
}
