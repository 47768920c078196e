/** How long a failover took, and what was lost with it (VAL-2). */
import type { FailoverRecord } from './record.ts';

/** What came of it: until the region goes on, how long that has taken so far. */
export type Figures = { rtoMs: number; rpoMs: number | null };

export function figuresOf(record: FailoverRecord, now: Date): Figures {
  const [lost, again] = [record.lostSince, record.redirectedAt ?? now.toISOString()].map(Date.parse);
  const since = lost ?? 0;
  return {
    rtoMs: Math.max(0, (again ?? since) - since),
    rpoMs: lossOf(record, since),
  };
}

/** A switchover waits until nothing is left behind. */
function lossOf({ mode, followedUntil }: FailoverRecord, since: number): number | null {
  if (mode === 'planned') return 0;
  return followedUntil === undefined ? null : Math.max(0, since - Date.parse(followedUntil));
}
