/** Rows of `app.audit_events` as Postgres returns them. */
import { type ActorType, actorIdOf } from '../contract/actor.ts';
import { formatId } from '../contract/ids.ts';
import type { AuditEvent, AuditVerification } from './audit.contract.ts';

export type AuditRow = {
  id: string;
  occurred_at: Date;
  /** The exact time, which the list is sorted by. */
  exact_at: string;
  plane: AuditEvent['actor']['plane'];
  actor_type: ActorType;
  /** Null where a system job acted. */
  actor_id: string | null;
  action: string;
  target_type: string | null;
  target_id: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string;
  reason: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  /** Both or neither: where support acted for somebody. */
  on_behalf_of: string | null;
  impersonation_id: string | null;
};

/** An audit event as the contract shows it. */
export function toAuditEvent(row: AuditRow): AuditEvent {
  const { action, reason, before, after, target_type: type, target_id: id } = row;
  return {
    id: formatId('auditEvent', row.id),
    occurredAt: row.occurred_at.toISOString(),
    action,
    actor: { plane: row.plane, ...actorOf(row), ...behalfOf(row) },
    target: type === null || id === null ? null : { type, id },
    context: { ip: row.ip, userAgent: row.user_agent, requestId: row.request_id },
    ...{ reason, before, after },
  };
}

/** Where a tenant's chain stands; nulls where nothing was sealed yet. */
export type ChainRow = {
  sequence: string | null;
  hash: string | null;
  sealed_at: Date | null;
  archived_sequence: string | null;
  archived_at: Date | null;
  checked_at: Date | null;
  checked_sequence: string | null;
  checked_findings: number | null;
  unsealed: number;
};

/** It as the contract shows it. */
export function toChain(
  row: ChainRow,
): Pick<AuditVerification, 'head' | 'unsealed' | 'archived' | 'lastCheck'> {
  const { hash, sealed_at: sealedAt, archived_at: archivedAt, checked_at: checkedAt } = row;
  return {
    head:
      hash === null || sealedAt === null
        ? null
        : { sequence: Number(row.sequence), hash, sealedAt: sealedAt.toISOString() },
    unsealed: row.unsealed,
    archived:
      archivedAt === null ? null : { sequence: Number(row.archived_sequence), at: archivedAt.toISOString() },
    lastCheck:
      checkedAt === null
        ? null
        : {
            at: checkedAt.toISOString(),
            sequence: Number(row.checked_sequence),
            findings: row.checked_findings ?? 0,
          },
  };
}

function actorOf({ actor_type: type, actor_id: id }: AuditRow): Pick<AuditEvent['actor'], 'type' | 'id'> {
  return id === null ? { type: 'system', id } : { type, id: actorIdOf(type, id) };
}

function behalfOf({
  on_behalf_of: member,
  impersonation_id: id,
}: AuditRow): Pick<AuditEvent['actor'], 'onBehalfOf' | 'impersonationId'> {
  return {
    onBehalfOf: member === null ? null : formatId('user', member),
    impersonationId: id === null ? null : formatId('impersonation', id),
  };
}
