/** Rows of `app.impersonations` as Postgres returns them. */
import { formatId, type UserId } from '../contract/ids.ts';
import type { ImpersonationView } from './impersonations.contract.ts';

export type ImpersonationRow = {
  tenant_id: string;
  id: string;
  staff_id: string;
  staff_name: string;
  member_id: string;
  reason: string;
  status: Exclude<ImpersonationView['status'], 'expired'>;
  expires_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
  started_at: Date | null;
  ends_at: Date | null;
  ended_at: Date | null;
  ended_by: string | null;
  created_at: Date;
};

/** An impersonation as the contracts show it at that moment: what time did to it needs no row to change. */
export function toImpersonationView(row: ImpersonationRow, now: Date): ImpersonationView {
  return {
    id: formatId('impersonation', row.id),
    tenantId: formatId('tenant', row.tenant_id),
    memberId: formatId('user', row.member_id),
    staffId: formatId('user', row.staff_id),
    ...{ staffName: row.staff_name, reason: row.reason },
    status: statusAt(row, now),
    expiresAt: row.expires_at.toISOString(),
    ...{ decidedBy: person(row.decided_by), decidedAt: time(row.decided_at) },
    ...{ startedAt: time(row.started_at), endsAt: time(row.ends_at) },
    ...{ endedAt: time(row.ended_at), endedBy: person(row.ended_by) },
    createdAt: row.created_at.toISOString(),
  };
}

/** The status at that moment. */
export function statusAt(
  { status, expires_at, ends_at }: Pick<ImpersonationRow, 'status' | 'expires_at' | 'ends_at'>,
  now: Date,
): ImpersonationView['status'] {
  const isOpen = status === 'requested' || status === 'approved';
  if (isOpen && expires_at <= now) return 'expired';
  return status === 'started' && ends_at !== null && ends_at <= now ? 'ended' : status;
}

function person(uuid: string | null): UserId | null {
  return uuid === null ? null : formatId('user', uuid);
}

function time(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
