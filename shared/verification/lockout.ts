/**
 * What may happen to somebody who signs in with a password, as decisions on what is remembered of the name that they
 * use (IDN-6, LIM-1). The user pool tells of attempts and of successes, never of failures: so an attempt counts as a
 * failure until it has succeeded.
 */
import { signInLimits } from '../config/verification.ts';
import type { Decision } from '../limits/document.ts';

/** Times in epoch milliseconds. */
export type SignInState = {
  /** Attempts since the last success. */
  failures: number;
  lastAttempt: number;
  lockedUntil: number;
  /** Password resets of the last hour. */
  resets: number[];
  /** Until when it has been reported that there were too many resets. */
  resetsReportedUntil: number;
};

/** Whether one may go on; `locking` when this attempt, unless it succeeds, is the one that locks. */
export type Attempt =
  | { allowed: true; failures: number; locking: { minutes: number } | undefined }
  | { allowed: false; untilMs: number };

export type Reset = { allowed: true } | { allowed: false; untilMs: number; isFirst: boolean };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const nothing: SignInState = {
  ...{ failures: 0, lastAttempt: 0, lockedUntil: 0 },
  ...{ resets: [], resetsReportedUntil: 0 },
};

/**
 * Counts an attempt before the password is looked at, so that guesses made at once are counted like guesses in a
 * row. While it is locked nothing is counted: a stranger who goes on does not make it longer.
 */
export function attemptSignIn(
  before: SignInState | undefined,
  nowMs: number,
): Decision<SignInState, Attempt> {
  const state = before ?? nothing;
  if (state.lockedUntil > nowMs) return { result: { allowed: false, untilMs: state.lockedUntil } };
  const isForgotten = state.lastAttempt <= nowMs - signInLimits.forgetHours * hourMs;
  const failures = (isForgotten ? 0 : state.failures) + 1;
  const minutes = lockMinutes(failures);
  return {
    result: { allowed: true, failures, locking: minutes === 0 ? undefined : { minutes } },
    state: {
      ...state,
      failures,
      lastAttempt: nowMs,
      lockedUntil: minutes === 0 ? 0 : nowMs + minutes * minuteMs,
    },
  };
}

/** The person has proved who they are, by signing in or by a reset; how often they, or somebody else, had failed. */
export function forgetFailures(before: SignInState | undefined): Decision<SignInState, { failures: number }> {
  if (before === undefined || before.failures === 0) return { result: { failures: 0 } };
  return { result: { failures: before.failures }, state: { ...before, failures: 0, lockedUntil: 0 } };
}

/** Takes one password reset of the three an hour. */
export function takeReset(before: SignInState | undefined, nowMs: number): Decision<SignInState, Reset> {
  const state = before ?? nothing;
  const resets = state.resets.filter((at) => at > nowMs - hourMs).toSorted((one, other) => one - other);
  const oldest = resets.at(-signInLimits.resetsPerHour);
  if (oldest === undefined)
    return { result: { allowed: true }, state: { ...state, resets: [...resets, nowMs] } };
  const untilMs = oldest + hourMs;
  const isFirst = state.resetsReportedUntil <= nowMs;
  return {
    result: { allowed: false, untilMs, isFirst },
    ...(isFirst ? { state: { ...state, resets, resetsReportedUntil: untilMs } } : {}),
  };
}

/** Longer with every failure, and never longer than the last step: nobody is locked out for ever. */
function lockMinutes(failures: number): number {
  const steps = signInLimits.lockMinutes;
  const step = failures - signInLimits.failures;
  return step < 0 ? 0 : (steps[Math.min(step, steps.length - 1)] ?? 0);
}
