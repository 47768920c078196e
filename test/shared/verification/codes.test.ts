/** What may happen to a one-time code, decision by decision, without waiting for the hours that it is about. */
import { describe, expect, test } from '@jest/globals';
import { normalAddress } from '#shared/verification/addresses.ts';
import { type CodeState, issue, settle, takeSend, takeVerify } from '#shared/verification/codes.ts';

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);

/** A person whose decisions are taken one after the other, at minutes after the start. */
function person() {
  let state: CodeState | undefined;
  const keep = <Result>(decided: { result: Result; state?: CodeState }): Result => {
    state = decided.state ?? state;
    return decided.result;
  };
  return {
    send: (at: number, id = `code-${at}`) =>
      keep(takeSend(state, { id, channel: 'sms', address: '+447700900123' }, start + at * minute)),
    issue: (at: number, id: string, hash = `hash of ${id}`) =>
      keep(issue(state, { id, hash }, start + at * minute)),
    verify: (at: number) => keep(takeVerify(state, start + at * minute)),
    settle: (at: number, id: string) => keep(settle(state, { id }, start + at * minute)),
    state: () => state,
  };
}

const granted = expect.objectContaining({ granted: expect.anything() });
const minutesLeft = (taken: object, at: number): number =>
  'refused' in taken ? ((taken.refused as { untilMs: number }).untilMs - start) / minute - at : 0;

describe('sends', () => {
  test('[IDN-7, LIM-1] three in any sixty minutes, wherever the hour of the clock begins', () => {
    const { send } = person();
    expect([send(50), send(55), send(59)]).toEqual([granted, granted, granted]);
    expect(minutesLeft(send(61), 61)).toBe(49);
    expect(minutesLeft(send(109), 109)).toBe(1);
    expect(send(110)).toEqual(granted);
    expect(minutesLeft(send(111), 111)).toBe(4);
  });

  test('[IDN-7] nothing is sent while it is locked', () => {
    const { send, verify } = person();
    send(0);
    for (let guess = 0; guess < 5; guess += 1) verify(1);
    expect(minutesLeft(send(2), 2)).toBe(29);
    expect(send(31)).toEqual(granted);
  });
});

describe('verifies', () => {
  test('[IDN-7, LIM-1] five in any sixty minutes, and a new code does not bring more', () => {
    const { send, verify, issue: make, settle: right } = person();
    for (const at of [0, 10, 20]) {
      // Right each time, so that nothing locks.
      send(at, 'code');
      make(at, 'code');
      expect('granted' in verify(at)).toBe(true);
      right(at, 'code');
    }
    for (const at of [30, 35]) expect('granted' in verify(at)).toBe(true);
    expect(verify(59)).toEqual({ refused: expect.objectContaining({ limit: 'verifies' }) });
    send(61);
    expect('granted' in verify(61)).toBe(true);
    expect('refused' in verify(62)).toBe(true);
  });

  test('[IDN-7] five failures in a row lock for thirty minutes, however long they took', () => {
    const { verify } = person();
    for (const at of [0, 14, 28, 42]) expect('granted' in verify(at)).toBe(true);
    expect('granted' in verify(56)).toBe(true);
    // There is room again in the hour, and it is locked.
    expect(minutesLeft(verify(61), 61)).toBe(25);
    expect('granted' in verify(86)).toBe(true);
  });

  test('[IDN-7] being right ends a row of failures', () => {
    const { send, issue: make, verify, settle: right, state } = person();
    for (const at of [0, 1, 2, 3]) verify(at);
    send(4, 'code');
    make(4, 'code');
    verify(4);
    expect(state()).toMatchObject({ failures: 5, lockedUntil: start + 34 * minute });
    right(4, 'older');
    expect(state()).toMatchObject({ failures: 5 });
    right(4, 'code');
    expect(state()).toMatchObject({ failures: 0, lockedUntil: 0 });
  });
});

describe('codes', () => {
  test('[IDN-7] a code is good for thirty minutes after it was made, and dead at the thirtieth', () => {
    const { send, issue: make, verify } = person();
    send(0, 'code');
    make(2, 'code');
    expect(verify(31)).toEqual({ granted: expect.objectContaining({ id: 'code' }) });
    expect(verify(32)).toEqual({ granted: undefined });
  });

  test('[IDN-7] asking for another one kills the one before, also before it is made', () => {
    const { send, issue: make, verify } = person();
    send(0, 'older');
    make(0, 'older');
    send(1, 'newer');
    expect(verify(1)).toEqual({ granted: { ...sms, id: 'newer', goodUntil: start + 31 * minute } });
    expect(make(1, 'older')).toBeUndefined();
    expect(make(1, 'newer')).toMatchObject({ id: 'newer', hash: 'hash of newer' });
  });

  test('[IDN-7] what could not be sent within thirty minutes is not made any more', () => {
    const { send, issue: make } = person();
    send(0, 'code');
    expect(make(30, 'code')).toBeUndefined();
  });

  test('[IDN-7] what is made anew is another code', () => {
    const { send, issue: make, verify } = person();
    send(0, 'code');
    make(0, 'code', 'first');
    make(1, 'code', 'second');
    expect(verify(2)).toEqual({ granted: expect.objectContaining({ hash: 'second' }) });
  });
});

describe('breaches', () => {
  test('[AUD-3, IDN-7] the first refusal of a breach is told from the rest, which change nothing', () => {
    const { send, state } = person();
    for (const at of [0, 1, 2]) send(at);
    expect(send(3)).toMatchObject({ refused: { isFirst: true } });
    const after = state();
    expect(send(4)).toMatchObject({ refused: { isFirst: false } });
    expect(state()).toBe(after);
  });
});

describe('addresses', () => {
  test.each([
    ['sms', '+44 7700 900123', '+447700900123'],
    ['whatsapp', '0044 (7700) 900-123', '+447700900123'],
    ['sms', '07700 900123', undefined],
    ['sms', 'ada@example.com', undefined],
    ['email', 'Ada@Example.com', 'ada@example.com'],
    ['email', '+447700900123', undefined],
  ] as const)('[IDN-7] %s: %s is kept as %s', (channel, given, kept) => {
    expect(normalAddress(channel, given)).toBe(kept);
  });
});

const sms = { channel: 'sms', address: '+447700900123' };
