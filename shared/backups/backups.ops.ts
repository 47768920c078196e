/** Listing backups, taking one now, and letting an owner have one. */
import { archiveKey } from '../archive/seal.ts';
import { backupSecret } from '../archive/secret.ts';
import { archiveKeyOf } from '../archive/storage.ts';
import { backupRules } from '../config/backups.ts';
import type { TenantContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { type Id, newId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import { linkTo } from '../objects/objects.ts';
import { backupProblems, type backupsContract } from './backups.contract.ts';
import { backupsWorkflows } from './backups.events.ts';
import { type BackupRow, toBackup } from './backups.rows.ts';

export const backupsOps: Ops<typeof backupsContract> = {
  list: async (ctx, { limit, cursor }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<BackupRow & { exact_at: string }>(sql`
      select *, app.exact_time(created_at) as exact_at from app.backups
      where ${at}::timestamptz is null or (created_at, id) < (${at}::timestamptz, ${id}::uuid)
      order by created_at desc, id desc
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.id], toBackup);
  },

  get: async (ctx, { backupId }) => toBackup(await existing(ctx, backupId)),

  create: async (ctx) => {
    const backupId = newId('backup');
    // Two requests at once: the second waits for the first and finds its row.
    await ctx.tx.query(
      sql`select pg_advisory_xact_lock(hashtextextended('backups ' || ${ctx.tenant.id}, 0))`,
    );
    const going = await ctx.tx.query(
      sql`select id from app.backups where status in ('queued', 'running') and kind <> 'before_restore'`,
    );
    if (going.length > 0) throw fail(backupProblems.underWay);
    const expiresAt = new Date(ctx.now().getTime() + backupRules.keptDays * 86_400_000);
    const row = await ctx.tx.one<BackupRow>(sql`
      insert into app.backups (tenant_id, id, kind, requested_by_type, requested_by, expires_at)
      values (app.tenant_id(), ${uuidOf(backupId)}, 'manual', ${ctx.actor.type}, ${uuidOf(ctx.actor.id)},
              ${expiresAt})
      returning *`);
    ctx.start(backupsWorkflows.take, { backupId });
    ctx.audit({ target: { type: 'backup', id: backupId } });
    return toBackup(row);
  },

  download: async (ctx, { backupId }) => {
    const { id, status, salt, sha256, tenant_id, version_id, expires_at } = await existing(ctx, backupId);
    if (status !== 'done' || salt === null || sha256 === null || expires_at <= ctx.now()) {
      throw fail(backupProblems.notThere);
    }
    const about = { tenant: tenant_id, backup: id };
    const fileName = `${ctx.tenant.slug}-${id}.plinth-backup`;
    const seconds = backupRules.linkSeconds;
    const url = await linkTo({ key: archiveKeyOf(about), versionId: version_id }, { seconds, fileName });
    const key = archiveKey(await backupSecret(), { ...about, salt }).toString('hex');
    ctx.audit({ target: { type: 'backup', id: backupId } });
    // All that a tenant has leaves: security must know, whoever it was.
    ctx.securityEvent('backup_downloaded', { subject: backupId });
    const expiresAt = new Date(ctx.now().getTime() + seconds * 1000).toISOString();
    return { url, key, fileName, sha256, expiresAt };
  },
};

async function existing(ctx: TenantContext, id: Id<'backup'>): Promise<BackupRow> {
  const row = await ctx.tx.maybeOne<BackupRow>(sql`select * from app.backups where id = ${uuidOf(id)}`);
  if (row === undefined) throw fail(problems.notFound);
  return row;
}
