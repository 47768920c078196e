/** Why a model did not answer, in words that name no provider and hold nothing of prompt, answer or key. */
import { type Failure, fail, problems } from '../contract/errors.ts';
import { modelRefused, modelsBusy, modelsDown, promptTooLong } from './calls.contract.ts';

export const failureKinds = [
  /** Too many calls; another one may be made later. */
  'rate_limited',
  /** Down, overloaded, or not to be reached; also when our own key is not accepted. */
  'unavailable',
  /** Began, and did not end in time. */
  'timeout',
  /** Will not answer such a prompt. */
  'refused',
  'too_long',
  /** Our caller asked for something that the model does not do. */
  'invalid',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** What of a provider's error may be logged: numbers and names, no text that may repeat the prompt. */
export type FailureFacts = { status?: number; type?: string; providerRequestId?: string };

export class ModelFailure extends Error {
  readonly kind: FailureKind;
  /** How long to wait before another try, where that was said. */
  readonly retryAfterMs: number | undefined;
  readonly facts: FailureFacts;

  constructor(kind: FailureKind, more: { retryAfterMs?: number | undefined; facts?: FailureFacts } = {}) {
    super(`model call: ${kind}`);
    this.name = 'ModelFailure';
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs;
    this.facts = more.facts ?? {};
  }
}

/** The problem that callers are told. */
export function problemOf({ kind, retryAfterMs }: ModelFailure): Failure {
  switch (kind) {
    case 'rate_limited':
      return fail(modelsBusy, {
        headers: { 'retry-after': String(Math.max(1, Math.ceil((retryAfterMs ?? 1_000) / 1_000))) },
      });
    case 'refused':
      return fail(modelRefused);
    case 'too_long':
      return fail(promptTooLong);
    case 'invalid':
      return fail(problems.invalidInput, { detail: 'The model does not take such a request.' });
    case 'unavailable':
    case 'timeout':
      return fail(modelsDown);
  }
}
