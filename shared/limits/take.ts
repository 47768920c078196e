/**
 * Counts one request against one party in one conditional update: all of its limits have room, its session is
 * good, its configuration is the one that the caller knows; or nothing is counted at all.
 */
import { type Counter, type Counts, leftOf } from './counters.ts';
import { type ItemUpdate, read, send, updateOf } from './item.ts';
import type { GateKey } from './keys.ts';
import { impersonationAttribute, isImpersonationEnd } from './impersonation-attributes.ts';
import { isSessionEnd, notBefore, sessionAttributes, sessionAttributesOf } from './session-attributes.ts';
import type { ImpersonationId, SessionId } from '../contract/ids.ts';
import { fail, problems } from '../contract/errors.ts';
import { versionAttribute } from './versions.ts';
import { isOver } from './windows.ts';

/** Somebody who is counted: a person, an API key, a tenant, an address. */
export type Party = {
  key: GateKey;
  counters: readonly Counter[];
  /** The version of the configuration that the limits come from; a newer one in the item refuses. */
  version?: number;
  session?: Session;
  /** Counted only while this person of the staff may act for somebody. */
  impersonation?: ImpersonationId;
  /** How long an item that nobody touches is kept. */
  keptSeconds: number;
};

/** A session of a person; times in epoch seconds. */
export type Session = { id: SessionId; startedAt: number; idleEnd: number; absoluteEnd: number };

/** What came of it: the item's numbers, or why it was refused. */
export type Taken =
  | { outcome: 'taken'; counts: Counts }
  | { outcome: 'limit'; counter: Counter; counts: Counts }
  | { outcome: 'moved'; version: number }
  | { outcome: 'session' }
  | { outcome: 'impersonation' };

const tries = 8;

/**
 * Takes one request. A refusal costs one read more, to know why.
 * @param known what this instance last saw of the item: attributes of windows that are over are removed with it
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function take(
  party: Party,
  known: Counts,
  { now, deadlineMs }: { now: Date; deadlineMs: number },
): Promise<Taken> {
  const closed = party.counters.find(({ limit }) => limit <= 0);
  if (closed !== undefined) return { outcome: 'limit', counter: closed, counts: known };
  let counts = known;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const taken = await send(writing(party, counts, now), deadlineMs);
    if (taken !== undefined) return { outcome: 'taken', counts: taken };
    counts = await read(party.key, deadlineMs);
    const refusal = refusalOf(party, counts, now);
    if (refusal !== undefined) return refusal;
    // Something gave way between the two: whoever has room is not refused.
  }
  throw fail(problems.unavailable);
}

/**
 * Takes back one request that was counted. The window it was counted in may be over by now; then nothing is there
 * to take it from.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function giveBack({ key, counters }: Party, deadlineMs: number): Promise<void> {
  if (counters.length === 0) return;
  const update = updateOf(key);
  for (const { attribute } of counters) {
    update.add(attribute, -1);
    update.when((n, v) => `${n(attribute)} > ${v(0)}`);
  }
  await send(update, deadlineMs);
}

function writing(party: Party, known: Counts, now: Date): ItemUpdate {
  const { key, counters, version, session, impersonation, keptSeconds } = party;
  const update = updateOf(key);
  const nowSeconds = Math.floor(now.getTime() / 1000);
  for (const counter of counters) {
    const { attribute, previous, limit } = counter;
    update.add(attribute, 1);
    if (previous === undefined) {
      update.unless((n, v) => `${n(attribute)} >= ${v(limit)}`);
      continue;
    }
    update.unless((n, v) => `${n(attribute)} >= ${v(2 * limit)}`);
    update.unless((n, v) => `(${n(previous)} > ${v(limit)} AND ${n(attribute)} >= ${v(limit)})`);
  }
  if (version !== undefined) {
    update.set(versionAttribute, version);
    update.unless((n, v) => `${n(versionAttribute)} > ${v(version)}`);
  }
  if (session !== undefined) {
    const { idle, absolute } = sessionAttributes(session.id);
    update.set(idle, session.idleEnd);
    update.set(absolute, session.absoluteEnd);
    update.unless((n, v) => `${n(idle)} <= ${v(nowSeconds)}`);
    update.unless((n, v) => `${n(notBefore)} >= ${v(session.startedAt)}`);
  }
  if (impersonation !== undefined) {
    // One that was ended is not there, and compares with nothing.
    update.when((n, v) => `${n(impersonationAttribute(impersonation))} > ${v(nowSeconds)}`);
  }
  update.set('ttl', nowSeconds + keptSeconds);
  for (const attribute of finished(known, now)) update.remove(attribute);
  return update;
}

/** Counters of windows that are over, sessions past their absolute end, and what support did for somebody. */
function finished(counts: Counts, now: Date): string[] {
  const nowSeconds = now.getTime() / 1000;
  return Object.keys(counts).flatMap((attribute) => {
    if (isOver(attribute, now)) return [attribute];
    if ((counts[attribute] ?? 0) >= nowSeconds) return [];
    if (isImpersonationEnd(attribute)) return [attribute];
    return isSessionEnd(attribute) ? sessionAttributesOf(attribute) : [];
  });
}

function refusalOf(
  { counters, version, session, impersonation }: Party,
  counts: Counts,
  now: Date,
): Exclude<Taken, { outcome: 'taken' }> | undefined {
  const { [versionAttribute]: published = 0 } = counts;
  if (version !== undefined && published > version) return { outcome: 'moved', version: published };
  if (session !== undefined && !isGood(session, counts, now)) return { outcome: 'session' };
  if (impersonation !== undefined && isEnded(impersonation, counts, now)) return { outcome: 'impersonation' };
  const counter = counters.find((candidate) => leftOf(candidate, counts) <= 0);
  return counter === undefined ? undefined : { outcome: 'limit', counter, counts };
}

function isGood(session: Session, counts: Counts, now: Date): boolean {
  const idleEnd = counts[sessionAttributes(session.id).idle];
  const ended = counts[notBefore];
  return (
    (idleEnd === undefined || idleEnd > Math.floor(now.getTime() / 1000)) &&
    (ended === undefined || ended < session.startedAt)
  );
}

function isEnded(impersonation: ImpersonationId, counts: Counts, now: Date): boolean {
  const { [impersonationAttribute(impersonation)]: endsAt = 0 } = counts;
  return endsAt <= Math.floor(now.getTime() / 1000);
}
