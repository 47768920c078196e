/** Models that do as they are told: each attempt of a call goes the way that the next line of its script says. */
import type { Accounting, Attempt, Models, Spent } from '#shared/ai/accounting.ts';
import type { ModelAnswer, ModelEvent, TokenUsage } from '#shared/ai/model-call.ts';

/** One attempt: what it costs, and whether the call goes on with the next, ends well or fails. */
export type Line = {
  attempt: Attempt;
  spent: Spent;
  then?: 'retry' | 'fail';
  meanwhile?: () => Promise<void>;
};

export const haiku: Attempt = { provider: 'anthropic', model: 'claude-haiku-5-5' };
export const luna: Attempt = { provider: 'openai', model: 'gpt-6-luna' };
export const sol: Attempt = { provider: 'openai', model: 'gpt-6.1-sol' };

export function usageOf(input: number, output: number): TokenUsage {
  return { input, output, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
}

export const final = (usage: TokenUsage): Spent => ({ usage, final: true });

export class ScriptedFailure extends Error {}

/** The models, and the attempts that were let through. */
export function scripted(...script: readonly Line[]): { models: Models; made: Attempt[] } {
  const made: Attempt[] = [];
  const play = async (accounting: Accounting): Promise<ModelAnswer> => {
    for (const { attempt, spent, then, meanwhile } of script) {
      await accounting.before(attempt);
      made.push(attempt);
      await meanwhile?.();
      accounting.after(attempt, spent);
      if (then === 'retry') continue;
      if (then === 'fail') break;
      return answerOf(attempt, spent);
    }
    throw new ScriptedFailure('the script ended');
  };
  async function* events(accounting: Accounting): AsyncGenerator<ModelEvent> {
    const { id, model, usage } = await play(accounting);
    yield { type: 'start', id, model, usage };
    yield { type: 'text', index: 0, text: 'Hello' };
    yield { type: 'stop', stopReason: 'end_turn', stopSequence: null, usage };
  }
  const models: Models = {
    complete: (_request, _options, accounting) => play(accounting),
    stream: (_request, _options, accounting) => events(accounting),
    embed: async (_request, _options, accounting) => {
      const { model, usage } = await play(accounting);
      return { model, usage, vectors: [[0.5]] };
    },
  };
  return { models, made };
}

function answerOf({ model }: Attempt, spent: Spent): ModelAnswer {
  const usage = typeof spent === 'string' ? usageOf(0, 0) : spent.usage;
  return { id: 'msg', model, content: [], stopReason: 'end_turn', stopSequence: null, usage };
}
