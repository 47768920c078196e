/** Rows of `app.backups` as Postgres returns them. */
import { type ActorType, actorIdOf } from '../contract/actor.ts';
import { formatId } from '../contract/ids.ts';
import type { BackupView } from './backups.contract.ts';

export type BackupRow = {
  tenant_id: string;
  id: string;
  kind: BackupView['kind'];
  status: BackupView['status'];
  requested_by_type: ActorType | null;
  requested_by: string | null;
  schema_version: number | null;
  snapshot_at: Date | null;
  salt: string | null;
  bytes: string | null;
  sha256: string | null;
  contents: { end: string; rows: number; bytes: number; sha256: string }[] | null;
  version_id: string | null;
  error: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  expires_at: Date;
};

/** A backup as the contract shows it. */
export function toBackup(row: BackupRow): BackupView {
  const { requested_by_type: type, requested_by: id } = row;
  return {
    id: formatId('backup', row.id),
    ...{ kind: row.kind, status: row.status, error: row.error },
    requestedBy: type === null || id === null ? null : actorIdOf(type, id),
    snapshotAt: row.snapshot_at?.toISOString() ?? null,
    schemaVersion: row.schema_version,
    bytes: row.bytes === null ? null : Number(row.bytes),
    sha256: row.sha256,
    tables: (row.contents ?? []).map(({ end, rows }) => ({ table: end, rows })),
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
  };
}
