/**
 * The tenant as it was at a moment (BKP-2): the cluster is copied as of then, the one tenant is taken from the copy, and
 * the copy is deleted. What was taken is kept as a backup, so everything after it is as with any other.
 */
import { v5 } from 'uuid';
import { type CopyAddress, copyNameOf, makeCopy, OutsideLog, removeCopy } from '../archive/cluster-copy.ts';
import { backupSecret } from '../archive/secret.ts';
import { archiveKeyOf, storing } from '../archive/storage.ts';
import { takeBackup } from '../archive/take.ts';
import { backupRules } from '../config/backups.ts';
import { settings } from '../config/environment.ts';
import { fail } from '../contract/errors.ts';
import { formatId, type Id, uuidOf } from '../contract/ids.ts';
import type { Again, StepContext } from '../contract/workflow.ts';
import { bulkTransaction } from '../db/bulk.ts';
import { sql } from '../db/sql.ts';
import { restoreProblems } from './restore.contract.ts';
import type { RestoreRow } from './restore.rows.ts';

/** A copy of a cluster takes minutes. */
const lookEverySeconds = 10;

/** Goes on with it; done at once for a restore that has a backup from the beginning. */
export async function takeFromCopy(ctx: StepContext, restoreId: Id<'restore'>): Promise<Again> {
  const row = await rowOf(ctx, restoreId);
  if (row.at === null) return { done: true };
  const name = copyNameOf(row.id);
  if (row.status === 'preparing' && row.backup_id === null) {
    const address = await madeCopy(name, row.at);
    if (address === undefined) return { done: false, afterSeconds: lookEverySeconds };
    await keep(ctx, row, address);
  }
  return (await removeCopy(name)) ? { done: true } : { done: false, afterSeconds: lookEverySeconds };
}

async function madeCopy(name: string, at: Date): Promise<CopyAddress | undefined> {
  try {
    return await makeCopy(name, at);
  } catch (error) {
    if (error instanceof OutsideLog) throw fail(restoreProblems.outsideLog, { cause: error });
    throw error;
  }
}

/** A restore that failed leaves no copy of the whole cluster behind. */
export async function forgetCopy(ctx: StepContext, restoreId: Id<'restore'>): Promise<void> {
  const row = await rowOf(ctx, restoreId);
  if (row.at === null) return;
  while (!(await removeCopy(copyNameOf(row.id)))) {
    // Both deletions are asked for by now; what is still creating is asked for again.
    if (Date.now() > ctx.deadlineMs - 10_000) return ctx.log.warn('a copy of the cluster is still going');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

async function keep(ctx: StepContext, row: RestoreRow, address: CopyAddress): Promise<void> {
  // The same for every attempt: what an attempt that died has stored is written over, and nothing is kept twice.
  const about = { tenant: row.tenant_id, backup: v5('point in time', row.id) };
  const secret = await backupSecret();
  const { sink, versionId } = storing(archiveKeyOf(about));
  const entry = { tenantId: row.tenant_id, userId: null, requestId: row.id, deadlineMs: ctx.deadlineMs };
  const copy = { ...settings.database(), ...address };
  const { header, salt, bytes, sha256, contents } = await bulkTransaction(
    copy,
    entry,
    { mode: 'snapshot' },
    (source) => takeBackup(source, about, { secret, sink }),
  );
  await ctx.transact(async (tx) => {
    // Of the moment that was asked for, whenever it was taken from the copy.
    await tx.query(sql`
      insert into app.backups (tenant_id, id, kind, status, schema_version, snapshot_at, salt, bytes, sha256, contents,
                               version_id, started_at, finished_at, expires_at)
      values (app.tenant_id(), ${about.backup}, 'point_in_time', 'done', ${header.schemaVersion}, ${row.at}, ${salt},
              ${bytes}, ${sha256}, ${JSON.stringify(contents)}, ${versionId()}, now(), now(),
              now() + make_interval(days => ${backupRules.keptBeforeRestoreDays}::integer))
      on conflict (tenant_id, id) do nothing`);
    await tx.query(sql`
      update app.restores set backup_id = ${about.backup} where id = ${row.id} and status = 'preparing'`);
    tx.audit('restore.taken_from_log', {
      target: { type: 'restore', id: formatId('restore', row.id) },
      after: { at: row.at, bytes, sha256 },
    });
  });
}

function rowOf(ctx: StepContext, id: Id<'restore'>): Promise<RestoreRow> {
  return ctx.transact((tx) => tx.one<RestoreRow>(sql`select * from app.restores where id = ${uuidOf(id)}`));
}
