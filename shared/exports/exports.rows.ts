/** Rows of `app.exports` and what hangs on it, as Postgres returns them. */
import { type ActorType, actorIdOf } from '../contract/actor.ts';
import { formatId } from '../contract/ids.ts';
import type { ReportFormat } from '../contract/report.ts';
import type { DownloadView, ExportView } from './exports.contract.ts';

/** Whole numbers of eight bytes arrive as text. */
type Whole = string;

export type ExportRow = {
  tenant_id: string;
  id: string;
  report: string;
  format: ReportFormat;
  parameters: Record<string, unknown>;
  purpose: string;
  sensitive: boolean;
  status: ExportView['status'];
  requested_by_type: ActorType;
  requested_by: string;
  requested_at: Date;
  exact_at: string;
  file_name: string;
  estimated_rows: Whole;
  total_rows: Whole | null;
  rows: Whole;
  bytes: Whole;
  error: string | null;
  /** What was taken of the meter, until it is given back. */
  usage: unknown;
  /** Rises with every attempt to write: whoever has an earlier one writes nothing any more. */
  attempt: number;
  beginnings: number;
  upload_id: string | null;
  snapshot: string | null;
  snapshot_at: Date | null;
  version_id: string | null;
  notified_at: Date | null;
  finished_at: Date | null;
  expires_at: Date | null;
};

/** An export as the contract shows it. */
export function toExport(row: ExportRow): ExportView {
  const [rows, expected] = [Number(row.rows), Number(row.total_rows ?? row.estimated_rows)];
  return {
    id: formatId('export', row.id),
    ...{ report: row.report, format: row.format, parameters: row.parameters, purpose: row.purpose },
    ...{ sensitive: row.sensitive, status: row.status, error: row.error, fileName: row.file_name },
    requestedBy: actorIdOf(row.requested_by_type, row.requested_by),
    requestedAt: row.requested_at.toISOString(),
    ...{
      rows,
      bytes: Number(row.bytes),
      estimatedRows: expected,
      percent: percentOf(row.status, rows, expected),
    },
    generatedAt: row.snapshot_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}

/** A hundred only when there is a file: an estimate may have been too low. */
function percentOf(status: ExportView['status'], rows: number, expected: number): number {
  if (status === 'finished' || status === 'expired') return 100;
  return expected === 0 ? 0 : Math.min(99, Math.floor((100 * rows) / expected));
}

export type PartRow = { number: number; etag: string; bytes: Whole; rows: Whole; state: unknown };

export type DownloadRow = {
  id: string;
  actor_type: ActorType;
  actor_id: string;
  at: Date;
  exact_at: string;
  ip: string;
};

/** A download as the contract shows it. */
export function toDownload({ id, actor_type, actor_id, at, ip }: DownloadRow): DownloadView {
  return { id: formatId('download', id), by: actorIdOf(actor_type, actor_id), at: at.toISOString(), ip };
}
