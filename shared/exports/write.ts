/**
 * Writing the file, from one snapshot and in parts, each of which is noted as soon as the bucket has it. Whoever goes on
 * after a crash begins behind the last one that was noted: by the last row's key, among the rows that the first snapshot
 * showed. A report whose rows may change begins anew instead; a file is never made from two snapshots.
 */
import { exportLimits } from '../config/exports.ts';
import { fail } from '../contract/errors.ts';
import { actorIdOf } from '../contract/actor.ts';
import { formatId, type Id, uuidOf } from '../contract/ids.ts';
import type { QueriedReport } from '../contract/report.ts';
import type { Again, BulkTransaction, StepContext, StepTransaction } from '../contract/workflow.ts';
import { sql } from '../db/sql.ts';
import { fileTypes } from '../files/formats.ts';
import type { FileHead } from '../files/head.ts';
import { type FilePart, fileParts, type FileResume } from '../files/parts.ts';
import { abortUpload, beginUpload, uploadPart } from '../objects/objects.ts';
import type { Catalogue } from './catalogue.ts';
import { countRows, mostRows } from './estimate.ts';
import { exportProblems } from './exports.contract.ts';
import type { ExportRow, PartRow } from './exports.rows.ts';
import { dispositionOf, objectKey } from './file-name.ts';

/** What is kept free at the end of a call, to note the last part. */
const marginMs = 30_000;
/** The bucket takes parts from 5 MiB on; what is larger than this goes in several. */
const largestPartBytes = 10 * 1024 * 1024;

/** Writes until the file is complete or the call's time is over; `over` when the export is no longer to be made. */
export async function writeParts(
  ctx: StepContext,
  exportId: Id<'export'>,
  catalogue: Catalogue,
): Promise<Again | 'over'> {
  const begun = await ctx.transact((tx) => begin(tx, exportId));
  if (begun === undefined) return 'over';
  const { row, last, tenant } = begun;
  if (last?.state.isLast === true) return { done: true };
  const found = catalogue.get(row.report);
  if (found === undefined) throw fail(exportProblems.unknownReport);
  const order = { ctx, row, tenant, found, last };
  try {
    await ctx.bulk({ mode: 'snapshot' }, (bulk) => write(bulk, order));
    return { done: true };
  } catch (error) {
    if (error instanceof Later) return { done: false };
    if (error instanceof TakenAway) return isOver(ctx, exportId);
    if (error instanceof OtherRows) return beginAnew(ctx, row);
    throw error;
  }
}

type LastPart = { number: number; state: { isLast: boolean; resume?: FileResume } };
type Tenant = { id: string; name: string; time_zone: string };
type Order = {
  ctx: StepContext;
  row: ExportRow;
  tenant: Tenant;
  found: QueriedReport;
  last: LastPart | undefined;
};

/** The call's time is over, and the next one goes on. */
class Later extends Error {}
/** It was cancelled, or another attempt writes it now. */
class TakenAway extends Error {}
/** Not the rows that were counted when the file began: it begins anew. */
class OtherRows extends Error {}

async function begin(
  tx: StepTransaction,
  exportId: Id<'export'>,
): Promise<{ row: ExportRow; last: LastPart | undefined; tenant: Tenant } | undefined> {
  const row = await tx.maybeOne<ExportRow>(sql`
    update app.exports set status = 'running', attempt = attempt + 1
    where id = ${uuidOf(exportId)} and status in ('queued', 'running') returning *`);
  if (row === undefined) return undefined;
  const last = await tx.maybeOne<LastPart & PartRow>(sql`
    select * from app.export_parts where export_id = ${row.id} order by number desc limit 1`);
  const tenant = await tx.one<Tenant>(sql`
    select t.id, t.name, coalesce(s.time_zone, 'UTC') as time_zone
    from app.tenants t left join app.tenant_settings s on s.tenant_id = t.id`);
  return { row, last, tenant };
}

async function isOver(ctx: StepContext, exportId: Id<'export'>): Promise<'over'> {
  const { status } = await ctx.transact((tx) =>
    tx.one<{ status: string }>(sql`select status from app.exports where id = ${uuidOf(exportId)}`),
  );
  if (status === 'running') throw new Error('another attempt writes this export');
  return 'over';
}

async function beginAnew(ctx: StepContext, row: ExportRow): Promise<Again> {
  ctx.log.warn('export begins anew: its rows have changed');
  await ctx.transact((tx) =>
    tx.query(sql`update app.exports set snapshot = null where id = ${row.id} and attempt = ${row.attempt}`),
  );
  return { done: false };
}

async function write(bulk: BulkTransaction, order: Order): Promise<void> {
  const { ctx, row, tenant, found, last } = order;
  const { report } = found;
  const query = found.query(report.parameters.parse(row.parameters), { timeZone: tenant.time_zone });
  const from = row.snapshot !== null && row.upload_id !== null ? last?.state.resume : undefined;
  const file = from === undefined ? await beginFile(bulk, order, query) : goOn(row);
  const head = headOf(row, tenant, report.summary, file.snapshotAt);
  const source = { report, query, ...(from === undefined ? {} : { visibleIn: file.snapshot }) };
  let number = from === undefined ? 0 : (last?.number ?? 0);
  const parts = fileParts(bulk, {
    format: row.format,
    source,
    head,
    ...(from === undefined ? {} : { from }),
  });
  for await (const part of parts) {
    number = await keep(order, file.uploadId, part, number);
    const mayStop = !part.isLast && part.resume !== undefined;
    if (mayStop && Date.now() > ctx.deadlineMs - marginMs) throw new Later();
  }
}

/** A file under way: where its parts go, and the rows that it shows. */
type File = { uploadId: string; snapshot: string; snapshotAt: Date };

function goOn({ upload_id, snapshot, snapshot_at }: ExportRow): File {
  if (upload_id === null || snapshot === null || snapshot_at === null)
    throw new Error('no file to go on with');
  return { uploadId: upload_id, snapshot, snapshotAt: snapshot_at };
}

/** Counts the rows, and notes where the file begins; what an earlier beginning left is forgotten. */
async function beginFile(
  bulk: BulkTransaction,
  { ctx, row, found }: Order,
  query: ReturnType<QueriedReport['query']>,
): Promise<File> {
  if (row.beginnings >= exportLimits.beginnings) throw fail(exportProblems.changing);
  const { snapshot, at } = await bulk.one<{ snapshot: string; at: Date }>(sql`
    select pg_current_snapshot()::text as snapshot, now() as at`);
  const total = await countRows(bulk, query, mostRows(row.format));
  const key = objectKey(row);
  if (row.upload_id !== null) await abortUpload(key, row.upload_id);
  const uploadId = await beginUpload(key, {
    contentType: fileTypes[row.format].contentType,
    disposition: dispositionOf(row.file_name),
  });
  await ctx.transact(async (tx) => {
    const noted = await tx.maybeOne(sql`
      update app.exports set upload_id = ${uploadId}, snapshot = ${snapshot}, snapshot_at = ${at},
                             total_rows = ${total}, rows = 0, bytes = 0, beginnings = beginnings + 1
      where id = ${row.id} and status = 'running' and attempt = ${row.attempt} returning id`);
    if (noted === undefined) throw new TakenAway();
    await tx.query(sql`delete from app.export_parts where export_id = ${row.id}`);
  });
  ctx.log.info('export begun', { report: found.report.id, format: row.format, rows: total });
  return { uploadId, snapshot, snapshotAt: at };
}

/** Uploads a part, in pieces that the bucket takes, and notes them together; gives the number of the last piece. */
async function keep({ ctx, row }: Order, uploadId: string, part: FilePart, before: number): Promise<number> {
  const key = objectKey(row);
  const pieces: { number: number; etag: string; bytes: number }[] = [];
  for (const bytes of piecesOf(part.bytes)) {
    const number = before + pieces.length + 1;
    pieces.push({ number, bytes: bytes.length, etag: await uploadPart(key, uploadId, number, bytes) });
  }
  const last = before + pieces.length;
  await ctx.transact(async (tx) => {
    const noted = await tx.maybeOne<Pick<ExportRow, 'rows' | 'bytes' | 'total_rows'>>(sql`
      update app.exports set rows = rows + ${part.rows}, bytes = bytes + ${part.bytes.length}
      where id = ${row.id} and status = 'running' and attempt = ${row.attempt}
      returning rows, bytes, total_rows`);
    if (noted === undefined) throw new TakenAway();
    if (part.isLast && noted.rows !== noted.total_rows) throw new OtherRows();
    if (Number(noted.bytes) > exportLimits.bytes) {
      throw fail(exportProblems.tooLarge, { detail: `More than ${exportLimits.bytes} bytes.` });
    }
    const { isLast, resume } = part;
    const state = (number: number) =>
      JSON.stringify(
        number === last ? { isLast, ...(resume === undefined ? {} : { resume }) } : { isLast: false },
      );
    await tx.query(sql`
      insert into app.export_parts (tenant_id, export_id, number, etag, bytes, rows, state)
      select app.tenant_id(), ${row.id}, piece.*
      from unnest(${pieces.map(({ number }) => number)}::integer[], ${pieces.map(({ etag }) => etag)}::text[],
                  ${pieces.map(({ bytes }) => bytes)}::bigint[],
                  ${pieces.map(({ number }) => (number === last ? part.rows : 0))}::bigint[],
                  ${pieces.map(({ number }) => state(number))}::jsonb[]) as piece`);
  });
  return last;
}

function piecesOf(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / largestPartBytes);
  const size = Math.ceil(bytes.length / count);
  return Array.from({ length: count }, (_none, index) => bytes.subarray(index * size, (index + 1) * size));
}

/** What the file says of itself: the same for every attempt, or its bytes would differ. */
export function headOf(
  row: Pick<ExportRow, 'report' | 'purpose' | 'requested_by' | 'requested_by_type' | 'parameters'>,
  tenant: { id: string; name: string },
  title: string,
  snapshotAt: Date,
): FileHead {
  return {
    report: row.report,
    title,
    tenant: { id: formatId('tenant', tenant.id), name: tenant.name },
    purpose: row.purpose,
    requester: actorIdOf(row.requested_by_type, row.requested_by),
    generatedAt: snapshotAt.toISOString(),
    parameters: row.parameters,
  };
}
