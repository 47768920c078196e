/** Adds to a call what is left of its budgets, where a rule goes by it and the choice depends on it. */
import { routeRules, type Routing } from '../../config/routing.ts';
import type { TenantContext } from '../../contract/context.ts';
import { uuidOf } from '../../contract/ids.ts';
import { budgetLeftPercent } from '../budgets/left.ts';
import type { Asked } from '../engine.ts';
import { chooseRoute, factsOf } from './choose.ts';

/** What is known of a caller. */
export type Weighing = Pick<TenantContext, 'tenant' | 'routing' | 'actor' | 'now'>;

/**
 * The call, with what is left of its budgets. Most calls go to the same model whatever that is, and then nobody is
 * asked: a trip is made only where it may change the answer.
 * @throws Failure `ai.unknown_model` for a wish, `dependency.unavailable` where the budgets cannot be read
 */
export async function weighed(ctx: Weighing, asked: Asked): Promise<Asked> {
  const facts = factsOf(ctx, asked);
  const models = thresholdsOf(ctx.routing).map(
    (left) => chooseRoute({ ...facts, budgetLeftPercent: left }, ctx.routing).model,
  );
  if (new Set(models).size === 1) return asked;
  const { tenant, actor } = ctx;
  const spender = {
    feature: asked.feature,
    ...(actor.type === 'person' ? { userId: uuidOf(actor.id) } : { apiKeyId: uuidOf(actor.id) }),
  };
  const moment = { now: ctx.now(), deadlineMs: Date.now() + readMs };
  return { ...asked, budgetLeftPercent: await budgetLeftPercent(tenant, spender, moment) };
}

const readMs = 2_000;
/** More than any rule can name: then none of them fits. */
const plenty = 101;

/** Between two of them a choice does not change. */
function thresholdsOf({ exceptions, administrator, tenant }: Routing): number[] {
  const named = [...exceptions, ...administrator, ...tenant, ...routeRules].flatMap(
    ({ when: { budgetLeftPercentUpTo } }) => budgetLeftPercentUpTo ?? [],
  );
  return [...new Set([...named, plenty])];
}
