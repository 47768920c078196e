/** What every provider of models does, in our words. One file for each; nothing else imports their packages. */
import type { EmbedAnswer, EmbedRequest, Spent } from '../accounting.ts';
import type { ModelAnswer, ModelEvent, ModelRequest, ProviderName } from '../model-call.ts';
import type { ModelFailure } from '../model-failure.ts';

/** One request on its way: `signal` ends it, `requestId` is what it is known by at both ends. */
export type Sending = { signal: AbortSignal; timeoutMs: number; requestId: string };

/**
 * Sends once, without tries of its own: whoever counts the money decides about a second one. `model` of a request is
 * the provider's own id. Rejects with {@link AttemptFailed} and nothing else.
 */
export type Provider = {
  name: ProviderName;
  complete(request: ModelRequest, sending: Sending): Promise<ModelAnswer>;
  stream(request: ModelRequest, sending: Sending): AsyncIterable<ModelEvent>;
  embed(request: EmbedRequest, sending: Sending): Promise<EmbedAnswer>;
};

/** Why one attempt failed, and what it may have cost. */
export class AttemptFailed extends Error {
  readonly failure: ModelFailure;
  readonly spent: Spent;

  constructor(failure: ModelFailure, spent: Spent) {
    super(failure.message);
    this.name = 'AttemptFailed';
    this.failure = failure;
    this.spent = spent;
  }
}
