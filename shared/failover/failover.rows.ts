/** Rows of `app.failovers` as Postgres returns them. */
import { formatId } from '../contract/ids.ts';
import type { Failover } from './failover.contract.ts';

export type FailoverRow = {
  id: string;
  mode: Failover['mode'];
  from_region: string;
  to_region: string;
  reason: string;
  decided_by: string;
  rto_ms: string | null;
  rpo_ms: string | null;
  started_at: Date;
  finished_at: Date | null;
};

/** A failover as the contract shows it. */
export function toFailover(row: FailoverRow): Failover {
  const seconds = (ms: string | null) => (ms === null ? null : Number(ms) / 1000);
  return {
    id: formatId('failover', row.id),
    mode: row.mode,
    fromRegion: row.from_region,
    toRegion: row.to_region,
    reason: row.reason,
    decidedBy: row.decided_by,
    rtoSeconds: seconds(row.rto_ms),
    rpoSeconds: seconds(row.rpo_ms),
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
