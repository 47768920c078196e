/** Rows of `app.dead_letters` as the platform's login may read them. */
import { formatId } from '../contract/ids.ts';
import type { DeadLetter } from './dead-letters.contract.ts';

export type DeadLetterRow = {
  id: string;
  tenant_id: string | null;
  queue: string;
  type: string | null;
  message_id: string | null;
  request_id: string | null;
  bytes: number;
  queued_at: Date | null;
  put_aside_at: Date;
  /** The exact time, which the list is sorted by. */
  exact_at: string;
  times_put_aside: number;
  status: DeadLetter['status'];
  decided_by: string | null;
  decided_at: Date | null;
  reason: string | null;
};

/** A dead letter as the contract shows it. */
export function toDeadLetter(row: DeadLetterRow): DeadLetter {
  const { queue, type, bytes, status, reason } = row;
  return {
    ...{ id: formatId('deadLetter', row.id), queue, type },
    tenantId: row.tenant_id === null ? null : formatId('tenant', row.tenant_id),
    messageId: row.message_id === null ? null : formatId('message', row.message_id),
    ...{ requestId: row.request_id, bytes },
    queuedAt: row.queued_at?.toISOString() ?? null,
    putAsideAt: row.put_aside_at.toISOString(),
    timesPutAside: row.times_put_aside,
    replayable: status === 'waiting' && row.message_id !== null,
    status,
    decidedBy: row.decided_by === null ? null : formatId('user', row.decided_by),
    decidedAt: row.decided_at?.toISOString() ?? null,
    reason,
  };
}
