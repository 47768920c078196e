/** The steps that take a backup, and let go of it in the end. */
import { backupSecret } from '../archive/secret.ts';
import { archiveKeyOf, storing } from '../archive/storage.ts';
import { takeBackup } from '../archive/take.ts';
import { fail, problems } from '../contract/errors.ts';
import { type Id, uuidOf } from '../contract/ids.ts';
import type { StepTransaction, WorkflowSteps } from '../contract/workflow.ts';
import { sql } from '../db/sql.ts';
import { removeObject } from '../objects/objects.ts';
import { backupsEvents, type backupsWorkflows } from './backups.events.ts';
import type { BackupRow } from './backups.rows.ts';

/** A day at most, so that nothing depends on a timer of weeks. */
const longestWaitSeconds = 86_400;

export const backupsSteps: WorkflowSteps<typeof backupsWorkflows> = {
  take: {
    take: async (ctx, { backupId }) => {
      const going = await ctx.transact((tx) => begin(tx, backupId));
      if (going === undefined) return;
      const about = { tenant: going.tenant_id, backup: going.id };
      const { sink, versionId } = storing(archiveKeyOf(about));
      const secret = await backupSecret();
      // After a crash it is taken anew, as of then: no file is made of two moments.
      const { header, salt, bytes, sha256, contents } = await ctx.bulk({ mode: 'snapshot' }, (bulk) =>
        takeBackup(bulk, about, { secret, sink }),
      );
      const rows = contents.reduce((sum, table) => sum + table.rows, 0);
      await ctx.transact(async (tx) => {
        await tx.query(sql`
          update app.backups
          set status = 'done', schema_version = ${header.schemaVersion}, snapshot_at = ${header.snapshotAt},
              salt = ${salt}, bytes = ${bytes}, sha256 = ${sha256}, contents = ${JSON.stringify(contents)},
              version_id = ${versionId()}, finished_at = now()
          where id = ${going.id} and status = 'running'`);
        tx.audit('backup.taken', {
          target: { type: 'backup', id: backupId },
          after: { kind: going.kind, rows, bytes, sha256 },
        });
        tx.emit(backupsEvents.taken, { backupId, bytes, rows, snapshotAt: header.snapshotAt });
      });
    },

    expire: async (ctx, { backupId }) => {
      const row = await ctx.transact((tx) => rowOf(tx, backupId));
      if (row.status !== 'done') return { done: true };
      const leftSeconds = Math.ceil((row.expires_at.getTime() - ctx.now().getTime()) / 1000);
      if (leftSeconds > 0) return { done: false, afterSeconds: Math.min(leftSeconds, longestWaitSeconds) };
      await removeObject({
        key: archiveKeyOf({ tenant: row.tenant_id, backup: row.id }),
        versionId: row.version_id,
      });
      await ctx.transact(async (tx) => {
        await tx.query(
          sql`update app.backups set status = 'expired' where id = ${row.id} and status = 'done'`,
        );
        tx.audit('backup.expired', { target: { type: 'backup', id: backupId } });
      });
      return { done: true };
    },

    failed: async (ctx, { backupId }, { code }) => {
      await ctx.transact(async (tx) => {
        const failed = await tx.query(sql`
          update app.backups set status = 'failed', error = ${code}, finished_at = now()
          where id = ${uuidOf(backupId)} and status in ('queued', 'running') returning id`);
        if (failed.length === 0) return;
        tx.audit('backup.failed', { target: { type: 'backup', id: backupId }, after: { error: code } });
        tx.emit(backupsEvents.failed, { backupId, error: code });
      });
    },
  },
};

/** The backup, now running; nothing where it is taken already. */
async function begin(tx: StepTransaction, backupId: Id<'backup'>): Promise<BackupRow | undefined> {
  const { status } = await tx.one<{ status: string }>(sql`select status from app.tenants`);
  if (status === 'deleting' || status === 'deleted') throw fail(problems.notFound);
  const row = await tx.maybeOne<BackupRow>(sql`
    update app.backups set status = 'running', started_at = coalesce(started_at, now())
    where id = ${uuidOf(backupId)} and status in ('queued', 'running') returning *`);
  if (row === undefined) await rowOf(tx, backupId);
  return row;
}

function rowOf(tx: StepTransaction, id: Id<'backup'>): Promise<BackupRow> {
  return tx.one<BackupRow>(sql`select * from app.backups where id = ${uuidOf(id)}`);
}
