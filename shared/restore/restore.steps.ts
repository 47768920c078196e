/** The steps of a restore. Each finds in its row whether it is still wanted, and may be called again at any time. */
import { v7 } from 'uuid';
import { applyStaged, lockTenant, NotRestored } from '../archive/apply.ts';
import { changesIn, differenceOf } from '../archive/difference.ts';
import { type Archive, ArchiveError } from '../archive/format.ts';
import { readArchive } from '../archive/read.ts';
import { archiveKey } from '../archive/seal.ts';
import { backupSecret } from '../archive/secret.ts';
import { type StagedArchive, stageArchive, unstage } from '../archive/stage.ts';
import { archiveKeyOf, storing } from '../archive/storage.ts';
import { takeBackup } from '../archive/take.ts';
import { verifyStaged } from '../archive/verify.ts';
import { securityEventRow } from '../audit/security-events.ts';
import { backupRules, restoreRules } from '../config/backups.ts';
import type { Statement, Transaction } from '../contract/context.ts';
import { fail } from '../contract/errors.ts';
import { formatId, type Id, type TenantId, uuidOf } from '../contract/ids.ts';
import type { BulkTransaction, StepContext, WorkflowSteps } from '../contract/workflow.ts';
import { sql } from '../db/sql.ts';
import { readObject } from '../objects/objects.ts';
import { gateKeys } from '../limits/keys.ts';
import { publishVersion } from '../limits/versions.ts';
import { forgetCopy, takeFromCopy } from './point-in-time.ts';
import { restoreProblems } from './restore.contract.ts';
import { restoreEvents, restoreJobs, type restoreWorkflows } from './restore.events.ts';
import type { RestoreRow } from './restore.rows.ts';

/**
 * What other modules keep elsewhere follows what was restored, inside its transaction and before its commit: where it
 * cannot be told, nothing is restored.
 */
export type Follower = (tx: Transaction, tenantId: TenantId, deadlineMs: number) => Promise<void>;

/** Followers by the table that they follow. */
export type Followers = Readonly<Record<string, Follower>>;

/** How long the gate may take to answer while the tenant is held. */
const patienceMs = 5_000;

export function restoreSteps(followers: Followers): WorkflowSteps<typeof restoreWorkflows> {
  return {
    prepare: {
      copy: (ctx, { restoreId }) => takeFromCopy(ctx, restoreId),

      stage: async (ctx, { restoreId }) => {
        const row = await wanted(ctx, restoreId, 'preparing');
        if (row === undefined) return;
        const source = await ctx.transact((tx) => sourceOf(tx, row));
        const secret = await backupSecret();
        const file = await readObject({ key: archiveKeyOf(source), versionId: source.version_id });
        try {
          await ctx.bulk({ mode: 'write' }, (bulk) =>
            stageArchive(
              bulk,
              row.id,
              readArchive(file, () => archiveKey(secret, source)),
            ),
          );
        } catch (error) {
          if (error instanceof ArchiveError) throw fail(restoreProblems.unreadable, { cause: error });
          throw error;
        }
      },

      verify: async (ctx, { restoreId }) => {
        const row = await wanted(ctx, restoreId, 'preparing');
        if (row === undefined) return;
        const staged = archiveOf(row);
        const findings = await ctx.bulk({ mode: 'write' }, (bulk) => verifyStaged(bulk, row.id, staged));
        await ctx.transact((tx) =>
          tx.query(sql`update app.restores set findings = ${JSON.stringify(findings)} where id = ${row.id}`),
        );
        if (findings.length > 0) throw fail(restoreProblems.notSound);
      },

      compare: async (ctx, { restoreId }) => {
        const row = await wanted(ctx, restoreId, 'preparing');
        if (row === undefined) return;
        const difference = await ctx.bulk({ mode: 'write' }, (bulk) =>
          differenceOf(bulk, row.id, archiveOf(row), restoreRules.shownRows),
        );
        const changes = changesIn(difference);
        const expiresAt = new Date(ctx.now().getTime() + restoreRules.readyHours * 3_600_000);
        await ctx.transact(async (tx) => {
          const ready = await tx.query(sql`
            update app.restores set status = 'ready', difference = ${difference}, prepared_at = now(),
              expires_at = ${expiresAt}
            where id = ${row.id} and status = 'preparing' returning id`);
          if (ready.length === 0) return;
          tx.audit('restore.prepared', { target: { type: 'restore', id: restoreId }, after: { changes } });
          tx.emit(restoreEvents.ready, { restoreId, changes });
        });
      },

      failed: async (ctx, input, failure) => {
        await failed(ctx, input, failure);
        await forgetCopy(ctx, input.restoreId);
      },
    },

    apply: {
      apply: async (ctx, { restoreId }) => {
        const row = await wanted(ctx, restoreId, 'applying');
        if (row === undefined) return;
        try {
          await applyOnce(ctx, restoreId, followers);
        } catch (error) {
          if (error instanceof NotRestored) throw fail(restoreProblems.notRestored, { cause: error });
          throw error;
        }
      },

      tell: async (ctx, { restoreId }) => {
        await ctx.transact(async (tx) => {
          const row = await tx.maybeOne<RestoreRow>(sql`
            update app.restores set told_at = now()
            where id = ${uuidOf(restoreId)} and status = 'applied' and told_at is null returning *`);
          if (row === undefined) return;
          const { snapshotAt } = archiveOf(row).header;
          tx.emit(restoreEvents.applied, { restoreId, snapshotAt });
          tx.enqueue(restoreJobs.tellOwners, { restoreId });
        });
      },

      failed,
    },
  };
}

/** The backup of the tenant as it is, the change, the look at it, and what is left behind: one transaction. */
function applyOnce(ctx: StepContext, restoreId: Id<'restore'>, followers: Followers): Promise<void> {
  return ctx.bulk({ mode: 'write' }, async (bulk) => {
    const row = await bulk.maybeOne<RestoreRow>(
      sql`select * from app.restores where id = ${uuidOf(restoreId)} and status = 'applying' for update`,
    );
    if (row === undefined) return;
    const staged = archiveOf(row);
    await lockTenant(bulk, staged);
    const safety = await keepPresent(bulk, row);
    const difference = await differenceOf(bulk, row.id, staged, 0);
    const applied = await applyStaged(bulk, row.id, staged);
    await bulk.query(sql`
      update app.restores set status = 'applied', applied_at = now(), safety_backup_id = ${safety}
      where id = ${row.id}`);
    await unstage(bulk, row.id);
    const changes = changesIn(difference);
    for (const statement of traces(ctx, row, { applied, changes })) await bulk.query(statement);
    await follow(bulk, formatId('tenant', row.tenant_id), staged, followers);
  });
}

/** The tenant's present state as a backup, which an undo goes back to; its id is the restore's, so there is one. */
async function keepPresent(bulk: BulkTransaction, row: RestoreRow): Promise<string> {
  const about = { tenant: row.tenant_id, backup: row.id };
  const { sink, versionId } = storing(archiveKeyOf(about));
  const kept: Archive = await takeBackup(bulk, about, { secret: await backupSecret(), sink });
  await bulk.query(sql`
    insert into app.backups (tenant_id, id, kind, status, schema_version, snapshot_at, salt, bytes, sha256, contents,
                             version_id, started_at, finished_at, expires_at)
    values (app.tenant_id(), ${row.id}, 'before_restore', 'done', ${kept.header.schemaVersion},
            ${kept.header.snapshotAt}, ${kept.salt}, ${kept.bytes}, ${kept.sha256}, ${JSON.stringify(kept.contents)},
            ${versionId()}, now(), now(),
            now() + make_interval(days => ${backupRules.keptBeforeRestoreDays}::integer))`);
  return row.id;
}

/** Everybody who remembers the tenant's configuration learns of the new one before it is committed. */
async function follow(
  bulk: BulkTransaction,
  tenantId: TenantId,
  { tables }: StagedArchive,
  followers: Followers,
): Promise<void> {
  for (const [table, follower] of Object.entries(followers)) {
    if (table in tables) await follower(bulk, tenantId, Date.now() + patienceMs);
  }
  const { version } = await bulk.one<{ version: string }>(
    sql`select app.announce('tenant', ${uuidOf(tenantId)}::uuid) as version`,
  );
  await publishVersion(gateKeys.tenant(tenantId), Number(version), Date.now() + patienceMs);
}

function traces(
  { executionId }: StepContext,
  row: RestoreRow,
  { applied, changes }: { applied: Record<string, { removed: number; written: number }>; changes: number },
): Statement[] {
  const restoreId = formatId('restore', row.id);
  const by = row.applied_by;
  const after = {
    changes,
    tables: Object.fromEntries(
      Object.entries(applied).filter(([, { removed, written }]) => removed + written > 0),
    ),
    readmitted: row.readmitted.map((person) => formatId('user', person)),
    appliedBy: by === null ? null : formatId('user', by),
  };
  const requestId = executionId.split(':').at(-1) ?? executionId;
  return [
    sql`
      insert into app.audit_events (tenant_id, id, plane, actor_id, action, target_type, target_id, request_id, reason,
                                    after)
      values (app.tenant_id(), ${v7()}, 'system', null, 'restore.applied', 'restore', ${restoreId}, ${requestId},
              ${row.reason}, ${after})`,
    securityEventRow(
      { type: 'restore_applied', subject: restoreId, detail: { changes }, occurrence: row.id },
      { tenantId: row.tenant_id, userId: by, requestId, source: { ip: '', userAgent: '' } },
    ),
  ];
}

/** Nothing was changed, and somebody has to know. */
async function failed(
  ctx: StepContext,
  { restoreId }: { restoreId: Id<'restore'> },
  { code }: { code: string },
): Promise<void> {
  await ctx.transact(async (tx) => {
    const ended = await tx.query(sql`
      update app.restores set status = 'failed', error = ${code}
      where id = ${uuidOf(restoreId)} and status in ('preparing', 'applying') returning id`);
    if (ended.length === 0) return;
    await unstage(tx, uuidOf(restoreId));
    tx.audit('restore.failed', { target: { type: 'restore', id: restoreId }, after: { error: code } });
    tx.emit(restoreEvents.failed, { restoreId, error: code });
    tx.enqueue(restoreJobs.tellOwners, { restoreId });
  });
}

/** The restore, where it is at that step: it may have been cancelled, or an earlier attempt may have done it. */
async function wanted(
  ctx: StepContext,
  id: Id<'restore'>,
  status: RestoreRow['status'],
): Promise<RestoreRow | undefined> {
  return ctx.transact((tx) =>
    tx.maybeOne<RestoreRow>(sql`select * from app.restores where id = ${uuidOf(id)} and status = ${status}`),
  );
}

type Source = { tenant: string; backup: string; salt: string; version_id: string | null };

async function sourceOf(tx: Transaction, { backup_id: backup }: RestoreRow): Promise<Source> {
  const found = await tx.maybeOne<Source>(sql`
    select tenant_id as tenant, id as backup, salt, version_id from app.backups
    where id = ${backup}::uuid and status = 'done'`);
  if (found === undefined) throw fail(restoreProblems.noBackup);
  return found;
}

function archiveOf({ archive }: RestoreRow): StagedArchive {
  if (archive === null) throw new Error('nothing is staged');
  return archive as StagedArchive;
}
