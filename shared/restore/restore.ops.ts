/** Asking for a restore, agreeing to it, looking at what it would change, and applying it. */
import { restoreRules } from '../config/backups.ts';
import type { TenantContext } from '../contract/context.ts';
import { fail, problems, type ProblemType } from '../contract/errors.ts';
import { formatId, type Id, newId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { failOn } from '../db/constraint.ts';
import { sql } from '../db/sql.ts';
import { type restoreContract, restoreProblems, type RestoreView } from './restore.contract.ts';
import { restoreWorkflows } from './restore.events.ts';
import { type RestoreRow, statusAt, toRestore, toRestoreWithDifference } from './restore.rows.ts';

export const restoreOps: Ops<typeof restoreContract> = {
  request: async (ctx, { backupId, at, reason }) => {
    if ((backupId === undefined) === (at === undefined)) throw fail(restoreProblems.oneSource);
    if (at !== undefined) {
      // How far back the log reaches is asked when the copy is made; what has not happened yet is refused at once.
      if (new Date(at) > ctx.now()) throw fail(restoreProblems.outsideLog);
      return requested(ctx, { backup: null, at, reason, undoes: null });
    }
    const backup = uuidOf(backupId as Id<'backup'>);
    await assertBackup(ctx, backup);
    return requested(ctx, { backup, reason, undoes: null });
  },

  list: async (ctx, { limit, cursor }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<RestoreRow & { exact_at: string }>(sql`
      select *, app.exact_time(created_at) as exact_at from app.restores
      where ${at ?? null}::timestamptz is null or (created_at, id) < (${at}::timestamptz, ${id}::uuid)
      order by created_at desc, id desc
      limit ${limit + 1}`);
    return toPage(
      rows,
      limit,
      (row) => [row.exact_at, row.id],
      (row) => toRestore(row, ctx.now()),
    );
  },

  get: async (ctx, { restoreId }) => {
    const row = await ctx.tx.maybeOne<RestoreRow>(
      sql`select * from app.restores where id = ${uuidOf(restoreId)}`,
    );
    if (row === undefined) throw fail(problems.notFound);
    return toRestoreWithDifference(row, ctx.now());
  },

  approve: async (ctx, { restoreId }) => {
    const asked = await locked(ctx, restoreId, ['requested']);
    // A key that asked was made by somebody; whoever approves is a person, and another one than who asked.
    if (asked.requested_by === uuidOf(ctx.actor.id)) throw fail(restoreProblems.ownRequest);
    const approved = await decided(ctx, asked, 'preparing');
    ctx.start(restoreWorkflows.prepare, { restoreId });
    return approved;
  },

  reject: async (ctx, { restoreId }) => {
    const asked = await locked(ctx, restoreId, ['requested']);
    if (asked.requested_by === uuidOf(ctx.actor.id)) return moved(ctx, asked, 'cancelled');
    return decided(ctx, asked, 'rejected');
  },

  // What was staged is forgotten by the sweep; the workflow finds it so and stops.
  cancel: async (ctx, { restoreId }) =>
    moved(ctx, await locked(ctx, restoreId, ['requested', 'preparing', 'ready']), 'cancelled'),

  apply: async (ctx, { restoreId, confirm, readmit }) => {
    const ready = await locked(ctx, restoreId, ['ready']);
    if (confirm !== ctx.tenant.slug) throw fail(restoreProblems.notConfirmed);
    const named = readmit.map(uuidOf);
    const returning = ready.difference?.returning ?? [];
    if (named.some((person) => !returning.some(({ userId }) => userId === person))) {
      throw fail(restoreProblems.notReturning);
    }
    const applying = await ctx.tx.one<RestoreRow>(sql`
      update app.restores
      set status = 'applying', applied_by = ${uuidOf(ctx.actor.id)}, readmitted = ${named}::uuid[]
      where id = ${ready.id} returning *`);
    ctx.start(restoreWorkflows.apply, { restoreId });
    ctx.audit({
      target: { type: 'restore', id: restoreId },
      reason: ready.reason,
      before: { status: ready.status },
      after: { status: applying.status, readmitted: readmit },
    });
    ctx.securityEvent('restore_confirmed', { subject: restoreId, detail: { readmitted: readmit.length } });
    return toRestore(applying, ctx.now());
  },

  undo: async (ctx, { restoreId, reason }) => {
    const applied = await locked(ctx, restoreId, ['applied'], restoreProblems.notUndone);
    const { later } = await ctx.tx.one<{ later: boolean }>(sql`
      select exists (
        select from app.restores r join app.restores this on this.id = ${applied.id}
        where r.applied_at > this.applied_at) as later`);
    if (later || applied.safety_backup_id === null) throw fail(restoreProblems.notUndone);
    await assertBackup(ctx, applied.safety_backup_id);
    return requested(ctx, { backup: applied.safety_backup_id, reason, undoes: applied.id });
  },
};

async function assertBackup(ctx: TenantContext, backup: string): Promise<void> {
  const found = await ctx.tx.maybeOne(sql`
    select id from app.backups where id = ${backup} and status = 'done' and expires_at > ${ctx.now()}`);
  if (found === undefined) throw fail(restoreProblems.noBackup);
}

type Wish = { backup: string | null; at?: string; reason: string; undoes: string | null };

async function requested(ctx: TenantContext, { backup, at, reason, undoes }: Wish): Promise<RestoreView> {
  const restoreId = newId('restore');
  const expiresAt = new Date(ctx.now().getTime() + restoreRules.approvalHours * 3_600_000);
  await expireOld(ctx);
  const row = await failOn('restores_going', restoreProblems.underWay, () =>
    ctx.tx.one<RestoreRow>(sql`
      insert into app.restores
        (tenant_id, id, backup_id, at, reason, undoes, requested_by_type, requested_by, expires_at, created_at)
      values (app.tenant_id(), ${uuidOf(restoreId)}, ${backup}::uuid, ${at}::timestamptz, ${reason}, ${undoes}::uuid, ${ctx.actor.type},
              ${uuidOf(ctx.actor.id)}, ${expiresAt}, ${ctx.now()})
      returning *`),
  );
  ctx.audit({
    target: { type: 'restore', id: restoreId },
    reason,
    after: backup === null ? { at } : { backupId: formatId('backup', backup) },
  });
  return toRestore(row, ctx.now());
}

/** What nobody went on with must not keep others from asking until it is swept. */
async function expireOld(ctx: TenantContext): Promise<void> {
  await ctx.tx.query(sql`
    update app.restores set status = 'expired'
    where status in ('requested', 'ready') and expires_at <= ${ctx.now()}`);
}

async function decided(
  ctx: TenantContext,
  asked: RestoreRow,
  status: 'preparing' | 'rejected',
): Promise<RestoreView> {
  const row = await ctx.tx.one<RestoreRow>(sql`
    update app.restores set status = ${status}, decided_by = ${uuidOf(ctx.actor.id)}, decided_at = ${ctx.now()}
    where id = ${asked.id} returning *`);
  return audited(ctx, asked, row);
}

async function moved(ctx: TenantContext, asked: RestoreRow, status: 'cancelled'): Promise<RestoreView> {
  const row = await ctx.tx.one<RestoreRow>(
    sql`update app.restores set status = ${status} where id = ${asked.id} returning *`,
  );
  return audited(ctx, asked, row);
}

function audited(ctx: TenantContext, before: RestoreRow, after: RestoreRow): RestoreView {
  ctx.audit({
    target: { type: 'restore', id: formatId('restore', after.id) },
    reason: after.reason,
    before: { status: before.status },
    after: { status: after.status },
  });
  return toRestore(after, ctx.now());
}

/** The row, locked, where its status is one of these: of two decisions at once, the second finds the first. */
async function locked(
  ctx: TenantContext,
  id: Id<'restore'>,
  allowed: readonly RestoreView['status'][],
  otherwise: ProblemType = restoreProblems.wrongStep,
): Promise<RestoreRow> {
  const row = await ctx.tx.maybeOne<RestoreRow>(
    sql`select * from app.restores where id = ${uuidOf(id)} for update`,
  );
  if (row === undefined) throw fail(problems.notFound);
  const status = statusAt(row, ctx.now());
  if (!allowed.includes(status)) throw fail(otherwise, { detail: `The restore is ${status}.` });
  return row;
}
