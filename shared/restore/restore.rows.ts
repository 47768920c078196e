/** Rows of `app.restores` as Postgres returns them. */
import { type ActorType, actorIdOf } from '../contract/actor.ts';
import { formatId, type IdKind } from '../contract/ids.ts';
import type { RestoreView, RestoreWithDifference } from './restore.contract.ts';

/** What the archive says of itself, as it stands in the row. */
type ArchiveColumn = {
  header: { schemaVersion: number; snapshotAt: string };
  tables: Record<string, { columns: string[]; rows: number; sha256: string | null }>;
};

type DifferenceColumn = {
  tables: Record<string, Omit<RestoreWithDifference['difference'][number], 'table'>>;
  returning: { userId: string; role: string; roleNow: string | null }[];
};

export type RestoreRow = {
  tenant_id: string;
  id: string;
  backup_id: string | null;
  at: Date | null;
  reason: string;
  status: RestoreView['status'];
  undoes: string | null;
  requested_by_type: ActorType;
  requested_by: string;
  decided_by: string | null;
  decided_at: Date | null;
  applied_by: string | null;
  archive: ArchiveColumn | null;
  findings: { check: string; table?: string; detail: string }[] | null;
  difference: DifferenceColumn | null;
  readmitted: string[];
  safety_backup_id: string | null;
  error: string | null;
  created_at: Date;
  prepared_at: Date | null;
  applied_at: Date | null;
  expires_at: Date;
};

/** A restore as the contract shows it at that moment: what time did to it needs no row to change. */
export function toRestore(row: RestoreRow, now: Date): RestoreView {
  return {
    id: formatId('restore', row.id),
    ...{ status: statusAt(row, now), reason: row.reason, error: row.error },
    backupId: idOf('backup', row.backup_id),
    requestedBy: actorIdOf(row.requested_by_type, row.requested_by),
    ...{ decidedBy: idOf('user', row.decided_by), appliedBy: idOf('user', row.applied_by) },
    ...{ undoes: idOf('restore', row.undoes), safetyBackupId: idOf('backup', row.safety_backup_id) },
    snapshotAt: row.archive?.header.snapshotAt ?? null,
    schemaVersion: row.archive?.header.schemaVersion ?? null,
    findings: (row.findings ?? []).map(({ check, table = null, detail }) => ({ check, table, detail })),
    ...{ at: time(row.at), createdAt: row.created_at.toISOString(), decidedAt: time(row.decided_at) },
    ...{ preparedAt: time(row.prepared_at), appliedAt: time(row.applied_at) },
    expiresAt: row.expires_at.toISOString(),
  };
}

/** The same with what it would change. */
export function toRestoreWithDifference(row: RestoreRow, now: Date): RestoreWithDifference {
  return {
    ...toRestore(row, now),
    difference: Object.entries(row.difference?.tables ?? {}).map(([table, found]) => ({ table, ...found })),
    returning: (row.difference?.returning ?? []).map(({ userId, role, roleNow }) => ({
      ...{ userId: formatId('user', userId), role, roleNow },
    })),
  };
}

/** The status at that moment. */
export function statusAt(
  { status, expires_at }: Pick<RestoreRow, 'status' | 'expires_at'>,
  now: Date,
): RestoreView['status'] {
  return (status === 'requested' || status === 'ready') && expires_at <= now ? 'expired' : status;
}

function idOf<K extends IdKind>(kind: K, uuid: string | null) {
  return uuid === null ? null : formatId(kind, uuid);
}

function time(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
