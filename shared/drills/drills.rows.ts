/** Rows of `app.drills` as Postgres returns them. */
import { formatId } from '../contract/ids.ts';
import type { Drill } from './drills.contract.ts';

export type DrillRow = {
  tenant_id: string;
  id: string;
  backup_id: string;
  status: Drill['status'];
  requested_by: string | null;
  schema_version: number | null;
  table_count: number | null;
  row_count: string | null;
  byte_count: string | null;
  rto_ms: string | null;
  rpo_ms: string | null;
  findings: string[];
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
};

/** A rehearsal as the contract shows it. */
export function toDrill(row: DrillRow): Drill {
  const number = (text: string | null) => (text === null ? null : Number(text));
  const seconds = (ms: string | null) => (ms === null ? null : Number(ms) / 1000);
  return {
    id: formatId('drill', row.id),
    tenantId: formatId('tenant', row.tenant_id),
    status: row.status,
    requestedBy: row.requested_by === null ? null : formatId('user', row.requested_by),
    rtoSeconds: seconds(row.rto_ms),
    rpoSeconds: seconds(row.rpo_ms),
    schemaVersion: row.schema_version,
    tables: row.table_count,
    rows: number(row.row_count),
    bytes: number(row.byte_count),
    findings: row.findings,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
