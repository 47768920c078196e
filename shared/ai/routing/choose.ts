/** Chooses the model of a call: by an administrator's rules, the caller's wish, the tenant's rules, ours; in this order. */
import { type CatalogueModel, type ModelClass, modelNamed, modelOfClass } from '../../config/models.ts';
import type { Plan } from '../../config/plans.ts';
import { classesOfPlan, type RouteCondition, type RouteRule, routeRules } from '../../config/routing.ts';
import type { LongContext } from '../../contract/context.ts';
import { fail } from '../../contract/errors.ts';
import { promptTooLong, unknownModel } from '../calls.contract.ts';
import type { Asked } from '../engine.ts';
import { mostInputTokens } from '../tokens.ts';

/** All that rules may look at. */
export type RouteFacts = {
  plan: Plan;
  task: string;
  iteration: number;
  promptTokens: number;
  /** Of the tenant's budget, where it is known. */
  budgetLeftPercent?: number | undefined;
  /** A model's name, or a class. */
  wish?: string | undefined;
};

/** Rules that come before ours. Those of administrators overrule wishes and plans; a tenant's stay within its plan. */
export type RouteOverrides = { administrator?: readonly RouteRule[]; tenant?: readonly RouteRule[] };

/**
 * The model, and the rule that chose it.
 * @throws Failure `ai.unknown_model` for a wish that is not in the catalogue, or not in the plan
 */
export function chooseRoute(
  facts: RouteFacts,
  { administrator = [], tenant = [] }: RouteOverrides = {},
): { model: string; rule: string } {
  const decided = administrator.find(({ when }) => fits(when, facts));
  if (decided !== undefined)
    return { model: modelOfClass[decided.use], rule: `administrator:${decided.name}` };
  const allowed = classesOfPlan[facts.plan];
  if (facts.wish !== undefined) return { model: wished(facts.wish, allowed), rule: 'wish' };
  const own = tenant.find(({ when, use }) => fits(when, facts) && allowed.includes(use));
  if (own !== undefined) return { model: modelOfClass[own.use], rule: `tenant:${own.name}` };
  const rule = routeRules.find(({ when }) => fits(when, facts));
  if (rule === undefined) throw new Error('no rule fits the call');
  return { model: modelOfClass[rule.use], rule: rule.name };
}

/**
 * The model of a call at the endpoints.
 * @throws Failure `ai.unknown_model`, `ai.too_long` for an answer longer than the model gives
 */
export function chooseModel(ctx: LongContext, asked: Asked): { model: string; rule: string } {
  const { task, iteration, request } = asked;
  const promptTokens = mostInputTokens({ ...request, model: '' });
  const wish = request.model;
  const choice = chooseRoute({ ...{ plan: ctx.tenant.plan, task, iteration, promptTokens }, wish });
  const { maxOutputTokens = 0 } = modelNamed(choice.model) ?? {};
  if (request.maxTokens > maxOutputTokens) {
    throw fail(promptTooLong, { detail: `The model answers at most ${maxOutputTokens} tokens.` });
  }
  return choice;
}

function wished(wish: string, allowed: readonly ModelClass[]): string {
  const name = Object.hasOwn(modelOfClass, wish) ? modelOfClass[wish as ModelClass] : wish;
  const model: CatalogueModel | undefined = modelNamed(name);
  if (model === undefined || model.class === 'embedding' || !allowed.includes(model.class))
    throw fail(unknownModel);
  return name;
}

function fits(when: RouteCondition, facts: RouteFacts): boolean {
  const { plan, task, iterationFrom, promptTokensFrom, budgetLeftPercentUpTo: budget } = when;
  return (
    (plan === undefined || plan.includes(facts.plan)) &&
    (task === undefined || task.includes(facts.task)) &&
    (iterationFrom === undefined || facts.iteration >= iterationFrom) &&
    (promptTokensFrom === undefined || facts.promptTokens >= promptTokensFrom) &&
    (budget === undefined || (facts.budgetLeftPercent !== undefined && facts.budgetLeftPercent <= budget))
  );
}
