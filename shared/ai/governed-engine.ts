/**
 * The engine of the endpoints: chooses a model, and calls it within the tenant's budgets. What providers fail with
 * leaves it in words that name none of them.
 */
import type { LongContext } from '../contract/context.ts';
import type { Models } from './accounting.ts';
import type { Asked, Engine } from './engine.ts';
import { completeGoverned, type GovernedCall, streamGoverned } from './governed.ts';
import type { ModelEvent, ModelRequest } from './model-call.ts';
import { ModelFailure, problemOf } from './model-failure.ts';
import { mostInputTokens } from './tokens.ts';

/** The model that a call goes to, and the rule that says so. */
export type Choice = { model: string; rule: string };

/**
 * Chooses by what the call is for and who makes it.
 * @throws Failure where the caller may not have what they wish
 */
export type Choose = (ctx: LongContext, asked: Asked) => Choice;

/** What is kept of the time that the function has, to account for a call that took all of the rest. */
const settlingMs = 10_000;

export function governedEngine(models: Models, choose: Choose): Engine {
  const prepare = (ctx: LongContext, asked: Asked) => {
    const { model, rule } = choose(ctx, asked);
    const request: ModelRequest = { ...asked.request, model };
    return { rule, request, call: callOf(ctx, asked, rule, request) };
  };
  return {
    complete: async (ctx, asked) => {
      const { rule, call, request } = prepare(ctx, asked);
      const answered = await completeGoverned(models, call, request).catch(inOurWords);
      return { ...answered, rule };
    },
    stream: (ctx, asked) => {
      const { rule, call, request } = prepare(ctx, asked);
      const stream = streamGoverned(models, call, request);
      return {
        outcome: () => ({ ...stream.outcome(), rule }),
        [Symbol.asyncIterator]: () => translated(stream),
      };
    },
  };
}

function callOf(
  ctx: LongContext,
  { feature, provider }: Asked,
  rule: string,
  request: ModelRequest,
): GovernedCall {
  const { actor, tenant, requestId, transact, log } = ctx;
  return {
    payer: { id: tenant.id, plan: tenant.plan, timeZone: tenant.timeZone },
    ...(actor.type === 'person' ? { userId: actor.id } : { apiKeyId: actor.id }),
    ...{ feature, provider, rule, requestId, transact, log },
    // Not the moment of the request: the ledger says how long the model took.
    now: () => new Date(),
    inputTokens: mostInputTokens(request),
    deadlineMs: ctx.deadlineMs - settlingMs,
  };
}

async function* translated(events: AsyncIterable<ModelEvent>): AsyncGenerator<ModelEvent> {
  try {
    yield* events;
  } catch (error) {
    inOurWords(error);
  }
}

function inOurWords(error: unknown): never {
  throw error instanceof ModelFailure ? problemOf(error) : error;
}
