/** What a caller asks in our own words, as it goes to a model. */
import type { Transaction } from '../contract/context.ts';
import type { CallInput } from './calls.contract.ts';
import type { Asked } from './engine.ts';
import { renderedPrompt } from './prompts/prompts.ops.ts';

/**
 * The tenant's version of the prompt, with the preferences of whoever calls, before what the caller adds.
 * @param inTenant works in a transaction of the tenant
 */
export async function askedOf(
  inTenant: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>,
  input: CallInput,
): Promise<Asked> {
  const { feature, task, iteration, provider, prompt, system, messages, model, maxTokens } = input;
  const written = prompt === undefined ? undefined : await inTenant((tx) => renderedPrompt(tx, prompt));
  const all = [written, system].filter((part) => part !== undefined);
  return {
    ...{ feature, task, iteration, provider },
    request: {
      ...{ model, maxTokens, messages },
      system: all.length === 0 ? undefined : all.join('\n\n'),
      temperature: input.temperature,
      stopSequences: input.stopSequences,
    },
  };
}
