/**
 * The sessions of a person as the gate's store knows them: which are alive, and how one ends (IDN-4). What is written
 * here counts for the very next request on every instance; what cannot be written or read refuses.
 */
import { sessionLifetimes } from '../config/sessions.ts';
import type { SessionId, UserId } from '../contract/ids.ts';
import type { Counts } from './counters.ts';
import { read, send, updateOf } from './item.ts';
import { gateKeys } from './keys.ts';
import { notBefore, sessionAttributes } from './session-attributes.ts';
import { take } from './take.ts';

/** A session as its token names it. */
export type NamedSession = { id: SessionId; startedAt: Date };

/** A session that is alive. */
export type LiveSession = { lastSeenAt: Date; idleEndsAt: Date; endsAt: Date };

/** The state of a person's sessions at one moment. */
export type Sessions = { of(session: NamedSession): LiveSession | undefined };

/** When something happens, and until when an answer is waited for, in epoch milliseconds. */
type Moment = { now: Date; deadlineMs: number };

const day = 24 * 60 * 60;
/** Longer than any session lasts: an item that is forgotten has nothing left to refuse. */
const keptSeconds = 2 * day;

/** When a session ends in any case. */
export function absoluteEnd(startedAt: Date, isAdministrator: boolean): Date {
  const seconds = isAdministrator ? sessionLifetimes.administrator : sessionLifetimes.absolute;
  return new Date(startedAt.getTime() + seconds * 1000);
}

/**
 * A person's sessions, read consistently.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function readSessions(user: UserId, { now, deadlineMs }: Moment): Promise<Sessions> {
  const counts = await read(gateKeys.user(user), deadlineMs);
  return { of: (session) => liveIn(counts, session, now) };
}

/**
 * Registers a session that has just begun, so that its idle time runs from now on.
 * @returns whether it counts: not when it, or everything up to its start, was ended
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function beginSession(
  user: UserId,
  { id, startedAt }: NamedSession,
  { endsAt, ...moment }: Moment & { endsAt: Date },
): Promise<boolean> {
  const now = seconds(moment.now);
  const session = {
    ...{ id, startedAt: seconds(startedAt), idleEnd: now + sessionLifetimes.idle },
    absoluteEnd: seconds(endsAt),
  };
  const taken = await take({ key: gateKeys.user(user), counters: [], session, keptSeconds }, {}, moment);
  return taken.outcome === 'taken';
}

/**
 * Ends one session.
 * @throws Failure `dependency.unavailable` when it could not be written: the session may live on
 */
export async function revokeSession(user: UserId, id: SessionId, moment: Moment): Promise<void> {
  await end(user, [sessionAttributes(id).idle], moment);
}

/**
 * Ends every session that signed in up to now, used or not.
 * @throws Failure `dependency.unavailable` when it could not be written
 */
export async function revokeAll(user: UserId, { now, deadlineMs }: Moment): Promise<void> {
  const update = updateOf(gateKeys.user(user));
  const until = seconds(now);
  update.set(notBefore, until);
  update.set('ttl', until + keptSeconds);
  // Whoever was later has ended more.
  update.unless((n, v) => `${n(notBefore)} >= ${v(until)}`);
  await send(update, deadlineMs);
}

/**
 * Ends every session that has ever made a request, but one.
 * @throws Failure `dependency.unavailable` when it could not be read or written
 */
export async function revokeOthers(user: UserId, kept: SessionId, moment: Moment): Promise<void> {
  const counts = await read(gateKeys.user(user), moment.deadlineMs);
  const { idle: mine } = sessionAttributes(kept);
  const others = Object.keys(counts).filter((name) => /^s[0-9a-f]{16}$/.test(name) && name !== mine);
  await end(user, others, moment);
}

async function end(user: UserId, attributes: readonly string[], { now, deadlineMs }: Moment): Promise<void> {
  if (attributes.length === 0) return;
  const update = updateOf(gateKeys.user(user));
  for (const idle of attributes) {
    update.set(idle, 0);
    // Both attributes go together once the session would have ended anyway; one that was never seen, at the latest.
    update.setIfMissing(`a${idle.slice(1)}`, seconds(now) + sessionLifetimes.absolute);
  }
  update.set('ttl', seconds(now) + keptSeconds);
  await send(update, deadlineMs);
}

function liveIn(counts: Counts, { id, startedAt }: NamedSession, now: Date): LiveSession | undefined {
  const { idle, absolute } = sessionAttributes(id);
  // A session without a request so far is as old as its sign-in.
  const idleEnd = counts[idle] ?? seconds(startedAt) + sessionLifetimes.idle;
  const end = counts[absolute] ?? seconds(startedAt) + sessionLifetimes.absolute;
  const isOver = idleEnd <= seconds(now) || end <= seconds(now);
  if (isOver || (counts[notBefore] ?? 0) >= seconds(startedAt)) return undefined;
  return {
    lastSeenAt: new Date((idleEnd - sessionLifetimes.idle) * 1000),
    idleEndsAt: new Date(idleEnd * 1000),
    endsAt: new Date(end * 1000),
  };
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
