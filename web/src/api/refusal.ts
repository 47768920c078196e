/** What went wrong with a call, as a page can show it and act on it. */
import type { components } from './schema.d.ts';

export type Problem = components['schemas']['Problem'];

/** The service refused a call. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: Partial<Problem>;
  /** When it is worth trying again; undefined when the service did not say. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, problem: Partial<Problem>, retryAfter: string | null) {
    super(problem.detail ?? problem.title ?? `The service answered ${status}.`);
    this.name = 'Refusal';
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.problem = problem;
    this.retryAfterSeconds = retryAfter === null ? undefined : Number(retryAfter);
  }
}

/** The session is over; the person has to sign in again. */
export class SignedOut extends Error {
  constructor() {
    super('You were signed out. Please sign in again.');
    this.name = 'SignedOut';
  }
}

/** The service could not be reached at all. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The service cannot be reached. Check your connection and try again.', { cause });
    this.name = 'Unreachable';
  }
}
