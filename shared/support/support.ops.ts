/** A tenant allows support to act for a member, or not, and ends it when it likes (IDN-11). */
import { impersonationConsent } from '../config/sessions.ts';
import type { TenantContext } from '../contract/context.ts';
import { fail } from '../contract/errors.ts';
import { formatId, type ImpersonationId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import type { ImpersonationView } from '../identity/impersonations.contract.ts';
import { type ImpersonationRow, toImpersonationView } from '../identity/impersonations.rows.ts';
import { assertStep, impersonationPage } from '../identity/stored-impersonations.ts';
import { endImpersonation } from '../limits/impersonations.ts';
import { ownRequest, type supportContract } from './support.contract.ts';

export const supportOps: Ops<typeof supportContract> = {
  list: (ctx, asked) => impersonationPage(ctx.tx, asked, ctx.now()),

  approve: async (ctx, { impersonationId }) => {
    const asked = await locked(ctx, impersonationId, ['requested']);
    if (asked.staff_id === uuidOf(ctx.actor.id)) throw fail(ownRequest);
    const expiresAt = new Date(ctx.now().getTime() + impersonationConsent.approval * 1000);
    const approved = await ctx.tx.one<ImpersonationRow>(sql`
      update app.impersonations
      set status = 'approved', decided_by = ${uuidOf(ctx.actor.id)}, decided_at = ${ctx.now()},
          expires_at = ${expiresAt}
      where id = ${asked.id} returning *`);
    return audited(ctx, asked, approved);
  },

  deny: async (ctx, { impersonationId }) => {
    const asked = await locked(ctx, impersonationId, ['requested']);
    const denied = await ctx.tx.one<ImpersonationRow>(sql`
      update app.impersonations
      set status = 'denied', decided_by = ${uuidOf(ctx.actor.id)}, decided_at = ${ctx.now()}
      where id = ${asked.id} returning *`);
    return audited(ctx, asked, denied);
  },

  end: async (ctx, { impersonationId }) => {
    const going = await locked(ctx, impersonationId, ['approved', 'started']);
    const ended = await ctx.tx.one<ImpersonationRow>(sql`
      update app.impersonations
      set status = 'ended', ended_at = ${ctx.now()}, ended_by = ${uuidOf(ctx.actor.id)}
      where id = ${going.id} returning *`);
    // Before the commit: what is said to have ended has.
    const moment = { now: ctx.now(), deadlineMs: Date.now() + 1_000 };
    await endImpersonation(formatId('user', going.staff_id), impersonationId, moment);
    ctx.securityEvent('impersonation_ended', {
      subject: impersonationId,
      detail: { memberId: formatId('user', going.member_id), by: 'tenant' },
    });
    return audited(ctx, going, ended);
  },
};

/** The row, locked, where its status is one of these: of two decisions at once, the second finds the first. */
async function locked(
  ctx: TenantContext,
  id: ImpersonationId,
  allowed: readonly ImpersonationView['status'][],
): Promise<ImpersonationRow> {
  const found = await ctx.tx.maybeOne<ImpersonationRow>(
    sql`select * from app.impersonations where id = ${uuidOf(id)} for update`,
  );
  return assertStep(found, allowed, ctx.now());
}

function audited(ctx: TenantContext, before: ImpersonationRow, after: ImpersonationRow): ImpersonationView {
  ctx.audit({
    target: { type: 'impersonation', id: formatId('impersonation', after.id) },
    before: { status: before.status },
    after: { status: after.status, memberId: formatId('user', after.member_id) },
  });
  return toImpersonationView(after, ctx.now());
}
