/**
 * What is known of the latest failover, in the standby's own gate table: it is there before the database is, so one that
 * comes to nothing is recorded as well. Whoever starts the machine again goes on with the one that has not ended.
 */
import { newId, type Id } from '../contract/ids.ts';
import { decideOn } from '../limits/document.ts';
import { gateKeys } from '../limits/keys.ts';
import type { FailoverOrder } from './machine.events.ts';

/** Times are ISO 8601; each step adds the time of its end. */
export type FailoverRecord = Pick<FailoverOrder, 'residency' | 'mode' | 'reason' | 'decidedBy'> & {
  id: Id<'failover'>;
  /** Every execution that worked on it. */
  executions: string[];
  status: 'running' | 'failed' | 'done';
  /** Why it failed. */
  error?: string;
  fromRegion: string;
  toRegion: string;
  startedAt: string;
  /** When the region was gone. */
  lostSince: string;
  promotedAt?: string;
  /** Until when the standby had followed; absent where it could not be asked. */
  followedUntil?: string;
  openedAt?: string;
  redirectedAt?: string;
  finishedAt?: string;
};

/** What a step adds. */
export type Progress = Partial<
  Pick<FailoverRecord, 'promotedAt' | 'followedUntil' | 'openedAt' | 'redirectedAt' | 'finishedAt'>
> & { status?: FailoverRecord['status']; error?: string };

type Begun = Pick<FailoverRecord, 'residency' | 'mode' | 'reason' | 'decidedBy'> & {
  execution: string;
  fromRegion: string;
  toRegion: string;
  since: string | undefined;
};

/** Whether it is gone on with: it has not ended, and is not a mere attempt of another day. */
export function isUnderWay(known: FailoverRecord | undefined, now: Date): known is FailoverRecord {
  if (known === undefined || known.status === 'done') return false;
  return known.promotedAt !== undefined || now.getTime() - Date.parse(known.startedAt) < dayMs;
}

/** Records that one begins, or goes on with the one that was begun and has not ended. */
export function beginRecord(begun: Begun, now: Date, deadlineMs: number): Promise<FailoverRecord> {
  const { execution, since, ...facts } = begun;
  const startedAt = now.toISOString();
  return decide(now, deadlineMs, (known) => {
    if (isUnderWay(known, now)) {
      const { error: _earlier, ...rest } = known;
      return {
        ...rest,
        status: 'running',
        executions: [...new Set([...known.executions, execution])],
      };
    }
    return {
      ...facts,
      ...{ id: newId('failover'), executions: [execution], status: 'running' },
      ...{ startedAt, lostSince: since ?? startedAt },
    };
  });
}

/** Adds what a step came to. A time that is known already stays: a step that is repeated was done the first time. */
export function progress(added: Progress, now: Date, deadlineMs: number): Promise<FailoverRecord> {
  return decide(now, deadlineMs, (known) => {
    if (known === undefined) throw new Error('no failover was begun');
    const { status = known.status, error, ...times } = added;
    return { ...times, ...known, status, ...(error === undefined ? {} : { error }) };
  });
}

/** The latest failover; undefined where there never was one. */
export function readRecord(now: Date, deadlineMs: number): Promise<FailoverRecord | undefined> {
  return decideOn<FailoverRecord, FailoverRecord | undefined>(
    gateKeys.failover(),
    (known) => ({ result: known }),
    options(now, deadlineMs),
  );
}

function decide(
  now: Date,
  deadlineMs: number,
  next: (known: FailoverRecord | undefined) => FailoverRecord,
): Promise<FailoverRecord> {
  return decideOn<FailoverRecord, FailoverRecord>(
    gateKeys.failover(),
    (known) => {
      const state = next(known);
      return { result: state, state };
    },
    options(now, deadlineMs),
  );
}

function options(now: Date, deadlineMs: number) {
  return { now, deadlineMs: Math.min(deadlineMs, Date.now() + patienceMs), keptSeconds };
}

const patienceMs = 10_000;
const dayMs = 86_400_000;
const keptSeconds = 400 * 86_400;
