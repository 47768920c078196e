/**
 * An engine that answers from a script, for what stands in front of models: it says back what it was asked, one word an
 * event, and does as the last message tells it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answered, Asked, Engine } from '#shared/ai/engine.ts';
import type { ModelAnswer, ModelEvent } from '#shared/ai/model-call.ts';
import { budgetReached } from '#shared/ai/money.contract.ts';
import { fail } from '#shared/contract/errors.ts';

const outcome: Omit<Answered, 'answer'> = {
  costPico: 1_250_000n,
  rule: 'scripted',
  callId: '01980000-0000-7000-8000-000000000001',
};
const usage = { input: 11, output: 7, cacheRead: 5, cacheWrite5m: 3, cacheWrite1h: 2 };

export const scriptedModel: Engine = {
  complete: async (_ctx, asked) => ({ ...outcome, answer: answerTo(asked) }),
  stream: (_ctx, asked) => ({ outcome: () => outcome, [Symbol.asyncIterator]: () => events(asked) }),
};

function answerTo({ request }: Asked): ModelAnswer {
  const told = lastText(request);
  if (told === 'go beyond the budget') throw fail(budgetReached, { headers: { 'retry-after': '60' } });
  const tool = request.tools?.[0];
  const head = { id: 'msg_scripted', model: `scripted-${request.model ?? 'any'}`, stopSequence: null, usage };
  if (tool !== undefined && told !== 'talk') {
    const content = [{ type: 'tool_use' as const, id: 'call_1', name: tool.name, input: { city: 'Kuwait' } }];
    return { ...head, content, stopReason: 'tool_use' };
  }
  const heard = { system: request.system, messages: request.messages, max: request.maxTokens };
  const text = told === 'what did you hear' ? JSON.stringify(heard) : 'It is warm in Kuwait';
  return { ...head, content: [{ type: 'text', text }], stopReason: 'end_turn' };
}

async function* events(asked: Asked): AsyncGenerator<ModelEvent> {
  const { id, model, content, stopReason, stopSequence } = answerTo(asked);
  yield { type: 'start', id, model, usage: { ...usage, output: 0 } };
  for (const [index, block] of content.entries()) {
    if (block.type === 'text') {
      yield { type: 'block_start', index, block: { type: 'text', text: '' } };
      for (const word of block.text.split(/(?= )/)) {
        yield { type: 'text', index, text: word };
        if (lastText(asked.request) === 'break off') throw fail(budgetReached);
        await sleep(20);
      }
    } else {
      yield { type: 'block_start', index, block: { ...block, input: {} } };
      for (const json of ['{"city":', '"Kuwait"}']) yield { type: 'json', index, json };
    }
    yield { type: 'block_stop', index };
  }
  yield { type: 'stop', stopReason, stopSequence, usage };
}

function lastText({ messages }: Asked['request']): string {
  const content = messages.at(-1)?.content ?? '';
  if (typeof content === 'string') return content;
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
}
