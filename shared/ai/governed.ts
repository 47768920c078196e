/**
 * The only way to a model. What a call may cost at most is reserved in every budget before anything is sent, and what
 * it did cost is settled after, to the pico-dollar where the provider said so, and never below what it may have been.
 */
import { type Account, type CallBounds, openAccount, type Paying } from './account.ts';
import type { EmbedAnswer, EmbedRequest, Models } from './accounting.ts';
import type { CallOptions, ModelAnswer, ModelEvent, ModelRequest, ProviderName } from './model-call.ts';

export type GovernedCall = Paying & {
  /** An upper bound of the tokens of the prompt, whoever counts them. */
  inputTokens: number;
  /** Whom to ask first, where that was decided. */
  provider?: ProviderName | undefined;
};

/** What a call came to: its id in the ledger and its cost. */
export type Outcome = { callId: string; costPico: bigint };

export type GovernedAnswer<Answer> = Outcome & { answer: Answer };

/** Events, and what only their end can tell. */
export type GovernedStream = AsyncIterable<ModelEvent> & { outcome(): Outcome };

/**
 * Asks a model.
 * @throws Failure `ai.unpriced`, `limit.budget`, `limit.usage`, `dependency.unavailable` before anything is sent, and
 * whatever the models fail with
 */
export function completeGoverned(
  models: Models,
  call: GovernedCall,
  request: ModelRequest,
): Promise<GovernedAnswer<ModelAnswer>> {
  return accounted(call, boundsOf(call, request), (account, options) =>
    models.complete(request, options, account),
  );
}

/** Turns texts into vectors; as `completeGoverned`. */
export function embedGoverned(
  models: Models,
  call: GovernedCall,
  request: EmbedRequest,
): Promise<GovernedAnswer<EmbedAnswer>> {
  return accounted(call, { inputTokens: call.inputTokens, outputTokens: 0 }, (account, options) =>
    models.embed(request, options, account),
  );
}

/**
 * Asks a model for an answer in pieces; as `completeGoverned`, with the first event. A reader who leaves does not end
 * what was asked for: the rest is read for its usage, because that is what will be charged.
 */
export function streamGoverned(models: Models, call: GovernedCall, request: ModelRequest): GovernedStream {
  const account = openAccount(call, boundsOf(call, request));
  let costPico = 0n;
  async function* events(): AsyncGenerator<ModelEvent> {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), Math.max(1, call.deadlineMs - Date.now()));
    const iterator = models.stream(request, optionsOf(call, giveUp.signal), account)[Symbol.asyncIterator]();
    let reading = true;
    try {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value;
      reading = false;
    } catch (error) {
      reading = false;
      throw error;
    } finally {
      if (reading) await drain(iterator);
      clearTimeout(timer);
      costPico = await account.close();
    }
  }
  return { [Symbol.asyncIterator]: events, outcome: () => ({ callId: account.callId, costPico }) };
}

async function accounted<Answer>(
  call: GovernedCall,
  bounds: CallBounds,
  ask: (account: Account, options: CallOptions) => Promise<Answer>,
): Promise<GovernedAnswer<Answer>> {
  const account = openAccount(call, bounds);
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), Math.max(1, call.deadlineMs - Date.now()));
  try {
    const answer = await ask(account, optionsOf(call, giveUp.signal));
    return { answer, callId: account.callId, costPico: await account.close() };
  } finally {
    clearTimeout(timer);
    await account.close();
  }
}

/** Until its end, or the call's deadline, which aborts it. */
async function drain(iterator: AsyncIterator<ModelEvent>): Promise<void> {
  try {
    while ((await iterator.next()).done !== true);
  } catch {
    // The account knows what it came to.
  }
}

function boundsOf({ inputTokens }: GovernedCall, { maxTokens }: ModelRequest): CallBounds {
  return { inputTokens, outputTokens: maxTokens };
}

function optionsOf({ deadlineMs, requestId, provider }: GovernedCall, signal: AbortSignal): CallOptions {
  return { signal, deadlineMs, requestId, provider };
}
