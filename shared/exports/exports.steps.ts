/** The steps that make a file, and let go of it in the end. */
import { permissionsOf, permissionsOfKey } from '../access/roles.ts';
import { exportLimits } from '../config/exports.ts';
import { fail, problems } from '../contract/errors.ts';
import { formatId, type Id, uuidOf } from '../contract/ids.ts';
import type { WorkflowSteps, StepContext, StepTransaction } from '../contract/workflow.ts';
import type { Permission, TenantPermission } from '../contract/permissions.ts';
import type { TenantRole } from '../contract/roles.ts';
import { sql } from '../db/sql.ts';
import { giveBackUsage, type UsageReceipt } from '../limits/usage.ts';
import { abortUpload, completeUpload, removeObject } from '../objects/objects.ts';
import { type Catalogue, refusalOf } from './catalogue.ts';
import { exportProblems } from './exports.contract.ts';
import { exportsEvents, type exportsWorkflows } from './exports.events.ts';
import type { ExportRow, PartRow } from './exports.rows.ts';
import { objectKey } from './file-name.ts';
import { tellRequester } from './finished-mail.ts';
import { writeParts } from './write.ts';

/** A day at most, so that nothing depends on a timer of weeks. */
const longestWaitSeconds = 86_400;
const patienceMs = 5_000;

export function exportsSteps(catalogue: Catalogue): WorkflowSteps<typeof exportsWorkflows> {
  return {
    run: {
      check: async (ctx, { exportId }) => {
        await ctx.transact(async (tx) => {
          const row = await exportIn(tx, exportId);
          if (row.status !== 'queued') return;
          const found = catalogue.get(row.report);
          if (found === undefined) throw fail(exportProblems.unknownReport);
          const refusal = refusalOf(found.report, await permissionsNow(tx, row));
          if (refusal !== undefined) throw refusal;
          const { status } = await tx.one<{ status: string }>(sql`select status from app.tenants`);
          if (status !== 'active') throw fail(problems.tenantSuspended);
        });
      },

      write: async (ctx, { exportId }) => {
        const answer = await writeParts(ctx, exportId, catalogue);
        if (answer !== 'over') return answer;
        await letGo(ctx, exportId);
        return { done: true };
      },

      finish: async (ctx, { exportId }) => {
        const row = await ctx.transact((tx) => exportIn(tx, exportId));
        if (row.status !== 'running') return;
        if (row.upload_id === null) throw new Error('nothing was uploaded');
        const parts = await ctx.transact((tx) => partsOf(tx, row.id));
        const key = objectKey(row);
        const versionId = await completeUpload(key, row.upload_id, parts, Number(row.bytes));
        const finished = await ctx.transact((tx) => markFinished(tx, row, ctx.now(), versionId));
        // Cancelled at the last moment: there is an object now, and nobody who may have it.
        if (!finished) await removeObject({ key, versionId });
        if (!finished) await letGo(ctx, exportId);
      },

      notify: async (ctx, { exportId }) => tellRequester(ctx, exportId),

      expire: async (ctx, { exportId }) => {
        const row = await ctx.transact((tx) => exportIn(tx, exportId));
        if (row.status !== 'finished' || row.expires_at === null) return { done: true };
        const leftSeconds = Math.ceil((row.expires_at.getTime() - ctx.now().getTime()) / 1000);
        if (leftSeconds > 0) return { done: false, afterSeconds: Math.min(leftSeconds, longestWaitSeconds) };
        await removeObject({ key: objectKey(row), versionId: row.version_id });
        await ctx.transact(async (tx) => {
          await tx.query(sql`
            update app.exports set status = 'expired' where id = ${row.id} and status = 'finished'`);
          await tx.query(sql`delete from app.export_parts where export_id = ${row.id}`);
          tx.audit('export.expired', { target: { type: 'export', id: exportId } });
        });
        return { done: true };
      },

      failed: async (ctx, { exportId }, { code }) => {
        await ctx.transact(async (tx) => {
          const failed = await tx.maybeOne<ExportRow>(sql`
            update app.exports set status = 'failed', error = ${code}, finished_at = now()
            where id = ${uuidOf(exportId)} and status in ('queued', 'running') returning *`);
          if (failed === undefined) return;
          const { report, format } = failed;
          tx.audit('export.failed', {
            target: { type: 'export', id: exportId },
            after: { report, error: code },
          });
          tx.emit(exportsEvents.failed, { exportId, report, format, error: code });
        });
        await letGo(ctx, exportId);
        await tellRequester(ctx, exportId);
      },
    },
  };
}

/** The export, locked against whoever else would move it on. */
async function exportIn(tx: StepTransaction, id: Id<'export'>): Promise<ExportRow> {
  return tx.one<ExportRow>(sql`select * from app.exports where id = ${uuidOf(id)}`);
}

function partsOf(tx: StepTransaction, id: string): Promise<PartRow[]> {
  return tx.query<PartRow>(sql`select * from app.export_parts where export_id = ${id} order by number`);
}

async function markFinished(
  tx: StepTransaction,
  row: ExportRow,
  now: Date,
  versionId: string | null,
): Promise<boolean> {
  const hours = row.sensitive ? exportLimits.keptHours.sensitive : exportLimits.keptHours.plain;
  const expiresAt = new Date(now.getTime() + hours * 3_600_000);
  const finished = await tx.maybeOne<ExportRow>(sql`
    update app.exports set status = 'finished', finished_at = ${now}, expires_at = ${expiresAt},
                           version_id = ${versionId}, upload_id = null
    where id = ${row.id} and status = 'running' and attempt = ${row.attempt} returning *`);
  if (finished === undefined) return false;
  const { report, format } = finished;
  const exportId = formatId('export', row.id);
  const [rows, bytes] = [Number(finished.rows), Number(finished.bytes)];
  tx.audit('export.finished', {
    target: { type: 'export', id: exportId },
    after: { report, format, rows, bytes },
  });
  tx.emit(exportsEvents.finished, {
    exportId,
    report,
    format,
    rows,
    bytes,
    expiresAt: expiresAt.toISOString(),
  });
  return true;
}

/** Nothing came of it: what was uploaded is forgotten, and what was taken of the meter given back, once. */
async function letGo(ctx: StepContext, exportId: Id<'export'>): Promise<void> {
  const row = await ctx.transact((tx) => exportIn(tx, exportId));
  if (row.status !== 'cancelled' && row.status !== 'failed') return;
  if (row.upload_id !== null) await abortUpload(objectKey(row), row.upload_id);
  await ctx.transact(async (tx) => {
    await tx.query(sql`delete from app.export_parts where export_id = ${row.id}`);
    await tx.query(sql`update app.exports set upload_id = null, usage = null where id = ${row.id}`);
  });
  // After it was noted as given back: where this gets lost, the tenant has one export less, and never one too many.
  if (row.usage !== null) await giveBackUsage(row.usage as UsageReceipt, Date.now() + patienceMs);
}

/** What whoever asked may do by now: a role may have changed while the export waited. */
async function permissionsNow(
  tx: StepTransaction,
  { requested_by_type: type, requested_by: id }: ExportRow,
): Promise<ReadonlySet<Permission>> {
  if (type === 'person') {
    const member = await tx.maybeOne<{ role: TenantRole }>(
      sql`select role from app.memberships where user_id = ${id}`,
    );
    return member === undefined ? new Set() : permissionsOf(member.role);
  }
  const key = await tx.maybeOne<{ role: TenantRole; scopes: TenantPermission[] | null }>(sql`
    select role, scopes from app.api_keys
    where id = ${id} and revoked_at is null and (expires_at is null or expires_at > now())`);
  return key === undefined ? new Set() : permissionsOfKey(key);
}
