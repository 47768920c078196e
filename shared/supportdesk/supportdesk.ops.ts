/**
 * Support asks to act for a member, begins what the tenant approved, and ends it (IDN-11). Every step stands in the
 * tenant's trail. What is begun cannot be begun again, and nothing moves its end.
 */
import { impersonationConsent, sessionLifetimes } from '../config/sessions.ts';
import type { PlatformContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { formatId, type ImpersonationId, newId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import type { ImpersonationView } from '../identity/impersonations.contract.ts';
import { type ImpersonationRow, toImpersonationView } from '../identity/impersonations.rows.ts';
import { assertStep, impersonationPage } from '../identity/stored-impersonations.ts';
import { beginImpersonation, endImpersonation } from '../limits/impersonations.ts';
import { forOneself, type supportdeskContract } from './supportdesk.contract.ts';

export const supportdeskOps: Ops<typeof supportdeskContract> = {
  list: (ctx, asked) => impersonationPage(ctx.tx, asked, ctx.now()),

  get: async (ctx, { impersonationId }) => {
    const found = await ctx.tx.maybeOne<ImpersonationRow>(
      sql`select * from app.impersonations where id = ${uuidOf(impersonationId)}`,
    );
    if (found === undefined) throw fail(problems.notFound);
    return toImpersonationView(found, ctx.now());
  },

  request: async (ctx, { tenantId, memberId, reason }) => {
    if (memberId === ctx.user.id) throw fail(forOneself);
    const [tenant, member] = [uuidOf(tenantId), uuidOf(memberId)];
    const { belongs } = await ctx.tx.one<{ belongs: boolean }>(
      sql`select app.is_member(${tenant}, ${member}) as belongs`,
    );
    if (!belongs) throw fail(problems.notFound);
    const expiresAt = new Date(ctx.now().getTime() + impersonationConsent.request * 1000);
    const id = newId('impersonation');
    const asked = await ctx.tx.one<ImpersonationRow>(sql`
      insert into app.impersonations (tenant_id, id, staff_id, staff_name, member_id, reason, expires_at)
      values (${tenant}, ${uuidOf(id)}, ${uuidOf(ctx.user.id)}, ${nameOf(ctx)}, ${member}, ${reason}, ${expiresAt})
      returning *`);
    return audited(ctx, asked);
  },

  start: async (ctx, { impersonationId }) => {
    const approved = await lockedOwn(ctx, impersonationId, ['approved']);
    const endsAt = new Date(ctx.now().getTime() + sessionLifetimes.impersonation * 1000);
    const started = await ctx.tx.one<ImpersonationRow>(sql`
      update app.impersonations set status = 'started', started_at = ${ctx.now()}, ends_at = ${endsAt}
      where id = ${approved.id} returning *`);
    // Worth nothing until the row is committed: both are asked before anybody acts.
    await beginImpersonation(ctx.user.id, impersonationId, { ...momentOf(ctx), endsAt });
    tell(ctx, 'impersonation_started', started);
    return audited(ctx, started, approved);
  },

  withdraw: async (ctx, { impersonationId }) => {
    const open = await lockedOwn(ctx, impersonationId, ['requested', 'approved']);
    const withdrawn = await ctx.tx.one<ImpersonationRow>(sql`
      update app.impersonations
      set status = 'withdrawn', ended_at = ${ctx.now()}, ended_by = ${uuidOf(ctx.user.id)}
      where id = ${open.id} returning *`);
    return audited(ctx, withdrawn, open);
  },

  end: async (ctx, { impersonationId }) => {
    const going = await lockedOwn(ctx, impersonationId, ['started']);
    const ended = await ctx.tx.one<ImpersonationRow>(sql`
      update app.impersonations set status = 'ended', ended_at = ${ctx.now()}, ended_by = ${uuidOf(ctx.user.id)}
      where id = ${going.id} returning *`);
    await endImpersonation(ctx.user.id, impersonationId, momentOf(ctx));
    tell(ctx, 'impersonation_ended', ended);
    return audited(ctx, ended, going);
  },
};

/** The caller's own row, locked, where its status is one of these. */
async function lockedOwn(
  ctx: PlatformContext,
  id: ImpersonationId,
  allowed: readonly ImpersonationView['status'][],
): Promise<ImpersonationRow> {
  const found = await ctx.tx.maybeOne<ImpersonationRow>(sql`
    select * from app.impersonations where id = ${uuidOf(id)} and staff_id = app.user_id() for update`);
  return assertStep(found, allowed, ctx.now());
}

/** The tenant's trail has every step, with whom it is about and why. */
function audited(ctx: PlatformContext, row: ImpersonationRow, before?: ImpersonationRow): ImpersonationView {
  const view = toImpersonationView(row, ctx.now());
  const { id, tenantId, memberId, reason, endsAt } = view;
  ctx.audit({
    ...{ tenantId, target: { type: 'impersonation', id }, reason },
    ...(before === undefined ? {} : { before: { status: before.status } }),
    after: { status: row.status, memberId, ...(endsAt === null ? {} : { endsAt }) },
  });
  return view;
}

function tell(
  ctx: PlatformContext,
  type: 'impersonation_started' | 'impersonation_ended',
  row: ImpersonationRow,
): void {
  ctx.securityEvent(type, {
    subject: formatId('impersonation', row.id),
    tenantId: formatId('tenant', row.tenant_id),
    detail: { memberId: formatId('user', row.member_id), by: 'support' },
  });
}

/** What the tenant reads; who has no name in the user pool is their address. */
function nameOf({ user }: PlatformContext): string {
  return (user.name.trim() || user.email || user.id).slice(0, 100);
}

function momentOf(ctx: PlatformContext): { now: Date; deadlineMs: number } {
  return { now: ctx.now(), deadlineMs: Date.now() + 1_000 };
}
