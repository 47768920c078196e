/** Calls of models. Whatever the words of the caller, the same gate, budget and ledger stand before the model. */
import { aiFeatures } from '../config/ai-features.ts';
import type { LongContext } from '../contract/context.ts';
import { fail } from '../contract/errors.ts';
import type { StreamOps } from '../contract/module.ts';
import type { ServerSentEvent } from '../contract/stream.ts';
import { askedOf } from './asked.ts';
import { type callsContract, featureOff } from './calls.contract.ts';
import { fromMessages, toMessage, toMessageEvents } from './compatible/anthropic.ts';
import { fromChat, toChat, toChatChunks } from './compatible/openai.ts';
import type { AnswerStream, Asked, Engine } from './engine.ts';
import { toDollars } from './pricing/pico.ts';
import { weighed } from './routing/weigh.ts';

/** The operations, in front of what answers them. */
export function callOps(engine: Engine): StreamOps<typeof callsContract> {
  const ask = async (ctx: LongContext, asked: Asked) => {
    const answered = await engine.complete(ctx, asked);
    note(ctx, asked, answered);
    return answered;
  };
  const listen = (ctx: LongContext, asked: Asked): AnswerStream => {
    const stream = engine.stream(ctx, asked);
    return { outcome: stream.outcome, [Symbol.asyncIterator]: () => noted(ctx, asked, stream) };
  };
  return {
    complete: async (ctx, input) => {
      const { answer, costPico, rule, callId } = await ask(
        ctx,
        await ready(ctx, await askedOf(ctx.transact, input)),
      );
      const texts = answer.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
      const { model, stopReason, usage } = answer;
      return { callId, model, rule, text: texts.join(''), stopReason, usage, cost: toDollars(costPico) };
    },

    stream: async (ctx, input) =>
      inOurWords(listen(ctx, await ready(ctx, await askedOf(ctx.transact, input)))),

    messages: async (ctx, input) => {
      const asked = await ready(ctx, ofProgram(fromMessages(input)));
      if (input.stream === true) return toMessageEvents(listen(ctx, asked));
      return toMessage((await ask(ctx, asked)).answer);
    },

    chatCompletions: async (ctx, input) => {
      const asked = await ready(ctx, ofProgram(fromChat(input)));
      const includeUsage = input.stream_options?.include_usage === true;
      if (input.stream === true) return toChatChunks(listen(ctx, asked), ctx.now(), includeUsage);
      return toChat((await ask(ctx, asked)).answer, ctx.now());
    },
  };
}

function ofProgram(request: Asked['request']): Asked {
  return { feature: 'api', task: 'generate', iteration: 1, request };
}

/** A call that may be made, with all that decides where it goes. */
function ready(ctx: LongContext, asked: Asked): Promise<Asked> {
  assertOn(ctx, asked);
  return weighed(ctx, asked);
}

/** A flag for each use of AI, beside the kill switch, which stops all of them in the chain (AI-9, CAP-3). */
function assertOn(ctx: LongContext, { feature }: Asked): void {
  const { flag } = aiFeatures[feature];
  const { on, reason } = ctx.flag(flag);
  if (!on) throw fail(featureOff, { detail: `The flag ${flag} ${reason}.` });
}

/** Of a call the trail says what it was for and which row of the ledger is its; not what was said (GOV-3). */
function note(
  ctx: LongContext,
  { feature }: Asked,
  { callId, rule }: { callId: string; rule: string },
): void {
  ctx.audit({ target: { type: 'ai_call', id: callId }, after: { feature, rule } });
}

async function* noted(ctx: LongContext, asked: Asked, stream: AnswerStream) {
  try {
    yield* stream;
  } finally {
    note(ctx, asked, stream.outcome());
  }
}

async function* inOurWords(stream: AnswerStream): AsyncGenerator<ServerSentEvent> {
  for await (const { type: event, ...data } of stream) yield { event, data };
  const { callId, rule, costPico } = stream.outcome();
  yield { event: 'done', data: { callId, rule, cost: toDollars(costPico) } };
}
