/** Lockout and the limit of password resets, decision by decision. */
import { describe, expect, test } from '@jest/globals';
import { attemptSignIn, forgetFailures, type SignInState, takeReset } from '#shared/verification/lockout.ts';

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);

/** A name, with what is done under it at minutes after the start. */
function name() {
  let state: SignInState | undefined;
  const keep = <Result>(decided: { result: Result; state?: SignInState }): Result => {
    state = decided.state ?? state;
    return decided.result;
  };
  return {
    attempt: (at: number) => keep(attemptSignIn(state, start + at * minute)),
    succeed: () => keep(forgetFailures(state)),
    reset: (at: number) => keep(takeReset(state, start + at * minute)),
    state: () => state,
  };
}

const until = (at: number) => ({ allowed: false, untilMs: start + at * minute });

describe('lockout', () => {
  test('[IDN-6] the fifth failure in a row locks for fifteen minutes', () => {
    const { attempt } = name();
    for (const at of [0, 1, 2, 3]) expect(attempt(at)).toMatchObject({ allowed: true, locking: undefined });
    expect(attempt(4)).toEqual({ allowed: true, failures: 5, locking: { minutes: 15 } });
    expect(attempt(18)).toEqual(until(19));
    expect(attempt(19)).toMatchObject({ allowed: true });
  });

  test('[IDN-6] every failure after it locks longer, up to an hour and never more', () => {
    const { attempt } = name();
    for (const at of [0, 0, 0, 0]) attempt(at);
    const locks = [0, 15, 45, 105, 165, 225].map((at) => attempt(at));
    expect(locks.map((taken) => (taken.allowed ? taken.locking?.minutes : 'refused'))).toEqual([
      15, 30, 60, 60, 60, 60,
    ]);
  });

  test('[IDN-6] attempts while it is locked are not counted and make nothing longer', () => {
    const { attempt, state } = name();
    for (const at of [0, 0, 0, 0, 0]) attempt(at);
    const locked = state();
    for (let guess = 0; guess < 100; guess += 1) expect(attempt(5)).toEqual(until(15));
    expect(state()).toBe(locked);
  });

  test('[IDN-6] a success forgets the failures, and the lock that its own attempt had set', () => {
    const { attempt, succeed } = name();
    for (const at of [0, 0, 0, 0, 0]) attempt(at);
    expect(succeed()).toEqual({ failures: 5 });
    for (const at of [1, 1, 1, 1]) expect(attempt(at)).toMatchObject({ allowed: true, locking: undefined });
  });

  test('[IDN-6] after a day without any attempt the failures are forgotten', () => {
    const { attempt } = name();
    for (const at of [0, 0, 0, 0]) attempt(at);
    expect(attempt(24 * 60)).toEqual({ allowed: true, failures: 1, locking: undefined });
  });
});

describe('password resets', () => {
  test('[LIM-1] three in any sixty minutes; the first refusal is told from the rest', () => {
    const { reset } = name();
    for (const at of [0, 10, 20]) expect(reset(at)).toEqual({ allowed: true });
    expect(reset(59)).toEqual({ ...until(60), isFirst: true });
    expect(reset(59)).toEqual({ ...until(60), isFirst: false });
    expect(reset(60)).toEqual({ allowed: true });
  });

  test('[IDN-6, LIM-1] a reset neither counts as a failure nor is lost by a success', () => {
    const { attempt, reset, succeed } = name();
    for (const at of [0, 0, 0]) reset(at);
    expect(attempt(1)).toMatchObject({ failures: 1 });
    succeed();
    expect(reset(2)).toMatchObject({ allowed: false });
  });
});
