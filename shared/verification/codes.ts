/**
 * What may happen to a person's one-time code, as decisions on what is remembered of it (IDN-7). Nothing here waits
 * or stores: the store asks, one question after the other, however many requests come at once.
 */
import { type CodeChannel, codeLimits } from '../config/verification.ts';
import type { Decision } from '../limits/document.ts';

/** Times in epoch milliseconds. */
export type CodeState = {
  /** Sends and verifies of the last hour. */
  sends: number[];
  verifies: number[];
  /** Verifies since a code was last accepted. */
  failures: number;
  lockedUntil: number;
  /** Until when a breach of each limit has been reported. */
  reported: Record<Limit, number>;
  /** The newest code that was asked for; there is never another one. */
  code?: PendingCode;
};

/** A code that was asked for. It has a hash once it was made, just before it is sent. */
export type PendingCode = {
  id: string;
  channel: CodeChannel;
  address: string;
  goodUntil: number;
  hash?: string;
};

/** What is counted. */
export type Limit = 'sends' | 'verifies';

/** Whether there was room; if not, until when there is none, and whether this is the first to be refused. */
export type Taken<Granted> =
  { granted: Granted } | { refused: { limit: Limit; untilMs: number; isFirst: boolean } };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const nothing: CodeState = {
  ...{ sends: [], verifies: [], failures: 0, lockedUntil: 0 },
  reported: { sends: 0, verifies: 0 },
};

/** Takes one send; whatever code there was is worth nothing from now on. */
export function takeSend(
  before: CodeState | undefined,
  asked: Pick<PendingCode, 'id' | 'channel' | 'address'>,
  nowMs: number,
): Decision<CodeState, Taken<true>> {
  const state = current(before, nowMs);
  const untilMs = Math.max(state.lockedUntil, fullUntil(state.sends, codeLimits.sendsPerHour, nowMs));
  if (untilMs > nowMs) return refused(state, 'sends', untilMs, nowMs);
  const goodUntil = nowMs + codeLimits.validMinutes * minuteMs;
  return {
    result: { granted: true },
    state: { ...state, sends: [...state.sends, nowMs], code: { ...asked, goodUntil } },
  };
}

/** Gives the code that was asked for its hash; undefined when another one was asked for since, or it is too late. */
export function issue(
  before: CodeState | undefined,
  { id, hash }: { id: string; hash: string },
  nowMs: number,
): Decision<CodeState, PendingCode | undefined> {
  const state = current(before, nowMs);
  if (state.code?.id !== id || state.code.goodUntil <= nowMs) return { result: undefined };
  const code = { ...state.code, hash, goodUntil: nowMs + codeLimits.validMinutes * minuteMs };
  return { result: code, state: { ...state, code } };
}

/**
 * Takes one verify, before anything is compared: guesses made at once must not share one. The last one of a row of
 * failures locks; being right unlocks.
 */
export function takeVerify(
  before: CodeState | undefined,
  nowMs: number,
): Decision<CodeState, Taken<PendingCode | undefined>> {
  const state = current(before, nowMs);
  const untilMs = Math.max(state.lockedUntil, fullUntil(state.verifies, codeLimits.verifiesPerHour, nowMs));
  if (untilMs > nowMs) return refused(state, 'verifies', untilMs, nowMs);
  const failures = state.failures + 1;
  const isLast = failures % codeLimits.failures === 0;
  return {
    result: { granted: state.code !== undefined && state.code.goodUntil > nowMs ? state.code : undefined },
    state: {
      ...state,
      failures,
      verifies: [...state.verifies, nowMs],
      ...(isLast ? { lockedUntil: nowMs + codeLimits.lockMinutes * minuteMs } : {}),
    },
  };
}

/** A code was right: the failures before it are forgotten. That it works once is said by the row that it proves. */
export function settle(
  before: CodeState | undefined,
  { id }: Pick<PendingCode, 'id'>,
  nowMs: number,
): Decision<CodeState, void> {
  const state = current(before, nowMs);
  // Of a newer one nothing is known yet.
  if (state.code?.id !== id) return { result: undefined };
  return { result: undefined, state: { ...state, failures: 0, lockedUntil: 0 } };
}

/** What is remembered, without what is over. */
function current(before: CodeState | undefined, nowMs: number): CodeState {
  const state = before ?? nothing;
  const ofLastHour = (times: readonly number[]) =>
    times.filter((at) => at > nowMs - hourMs).toSorted((one, other) => one - other);
  return { ...state, sends: ofLastHour(state.sends), verifies: ofLastHour(state.verifies) };
}

/** When the oldest of so many is an hour ago; now, when there is room. */
function fullUntil(times: readonly number[], most: number, nowMs: number): number {
  const oldest = times.at(-most);
  return oldest === undefined ? nowMs : oldest + hourMs;
}

/** The first refusal of a breach is remembered, so that a flood is one event and costs no writes. */
function refused(
  state: CodeState,
  limit: Limit,
  untilMs: number,
  nowMs: number,
): Decision<CodeState, Taken<never>> {
  const isFirst = state.reported[limit] <= nowMs;
  return {
    result: { refused: { limit, untilMs, isFirst } },
    ...(isFirst ? { state: { ...state, reported: { ...state.reported, [limit]: untilMs } } } : {}),
  };
}
