/**
 * What whoever calls providers tells the one who pays. A call may take several attempts, at several providers, and
 * each may cost: also one that timed out, whose answer nobody saw. So each is announced before it is made, and may be
 * refused then; and what is known of its cost is told after it.
 */
import type {
  CallOptions,
  ModelAnswer,
  ModelEvent,
  ModelRequest,
  ProviderName,
  TokenUsage,
} from './model-call.ts';

/** One attempt. `model` is the name in the catalogue and the price book, whatever the provider calls it. */
export type Attempt = { provider: ProviderName; model: string };

/**
 * What an attempt cost, as far as anybody knows: `nothing` where the provider refused before it began (429, 529, a
 * connection that was never made); the usage it told, final or what was seen until it broke off; `unknown` where the
 * request was sent and no answer seen.
 */
export type Spent = 'nothing' | 'unknown' | { usage: TokenUsage; final: boolean };

/** The one who pays. */
export type Accounting = {
  /** Before each attempt, the first included. Rejects when there is no money for it: nothing may be sent then. */
  before(attempt: Attempt): Promise<void>;
  /** After each attempt that `before` let through, once. */
  after(attempt: Attempt, spent: Spent): void;
};

/** How models are called: with timeout, retries and another provider where the first is down. */
export type Models = {
  complete(request: ModelRequest, options: CallOptions, accounting: Accounting): Promise<ModelAnswer>;
  /** Each attempt of a stream is over when its iterator is: read to its end, failed or told to return. */
  stream(request: ModelRequest, options: CallOptions, accounting: Accounting): AsyncIterable<ModelEvent>;
  embed(request: EmbedRequest, options: CallOptions, accounting: Accounting): Promise<EmbedAnswer>;
};

export type EmbedRequest = { model: string; input: string[] };
export type EmbedAnswer = { model: string; vectors: number[][]; usage: TokenUsage };
