/** How people come to belong to a tenant: they are invited by e-mail and accept (TEN-8). */
import type { TenantContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { formatId, newId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { failOn } from '../db/constraint.ts';
import { sql } from '../db/sql.ts';
import { type MembershipRow, toMembership } from '../identity/identity.rows.ts';
import { tellUsage } from '../limits/alerts.ts';
import { takeMessage } from '../limits/channels.ts';
import { assertSeat } from '../limits/seats.ts';
import { recordCaller } from '../tenancy/caller.ts';
import { tenantFactsIn } from '../tenancy/facts-in.ts';
import { linkSecret } from '../tenancy/link-secret.ts';
import { readInvitationToken } from './invitation-token.ts';
import {
  alreadyInvited,
  alreadyMember,
  invitationInvalid,
  type membersContract,
  ownerOnly,
} from './members.contract.ts';
import { membersJobs } from './members.events.ts';
import { type InvitationRow, type Listed, toInvitation } from './members.rows.ts';

/** How long an invitation may be accepted. */
const validDays = 7;

/** As long as a caller waits for an answer. */
const answerWithinMs = 2_000;

type Verbs = 'invite' | 'invitations' | 'withdraw' | 'accept';

export const invitationOps: Pick<Ops<typeof membersContract>, Verbs> = {
  invite: async (ctx, { email, role }) => {
    if (role === 'owner' && ctx.role !== 'owner') throw fail(ownerOnly);
    const members = await ctx.tx.query(sql`
      select m.user_id from app.memberships m join app.users u on u.id = m.user_id
      where lower(u.email) = ${email}`);
    if (members.length > 0) throw fail(alreadyMember);
    // An invitation that has run out must not stand in the way until it is swept.
    await ctx.tx.query(sql`
      update app.invitations set status = 'expired', updated_at = now()
      where email = ${email} and status = 'pending' and expires_at <= now()`);
    await assertSeat(ctx.tx);
    const id = newId('invitation');
    const invited = await failOn('invitations_pending_email', alreadyInvited, () =>
      ctx.tx.one<InvitationRow>(sql`
        insert into app.invitations (tenant_id, id, email, role, invited_by_type, invited_by, expires_at)
        values (app.tenant_id(), ${uuidOf(id)}, ${email}, ${role}, ${ctx.actor.type}, ${uuidOf(ctx.actor.id)},
                now() + make_interval(days => ${validDays}))
        returning id, email, role, status, invited_by_type, invited_by, expires_at, created_at`),
    );
    await countMail(ctx, email);
    // The address stays out of the trail, which outlives the invitation.
    ctx.audit({ target: { type: 'invitation', id }, after: { role } });
    ctx.enqueue(membersJobs.sendInvitation, { invitationId: id });
    return toInvitation(invited);
  },

  invitations: async (ctx, { limit, cursor }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<Listed<InvitationRow>>(sql`
      select id, email, role, invited_by_type, invited_by, expires_at, created_at, app.exact_time(created_at) as exact_at,
             case when status = 'pending' and expires_at <= now() then 'expired' else status end as status
      from app.invitations
      where ${at}::timestamptz is null or (created_at, id) < (${at}::timestamptz, ${id}::uuid)
      order by created_at desc, id desc
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.id], toInvitation);
  },

  withdraw: async (ctx, { invitationId }) => {
    const withdrawn = await ctx.tx.maybeOne<{ role: string }>(sql`
      update app.invitations set status = 'withdrawn', updated_at = now()
      where id = ${uuidOf(invitationId)} and status = 'pending' and expires_at > now()
      returning role`);
    if (withdrawn === undefined) throw fail(problems.notFound);
    ctx.audit({ target: { type: 'invitation', id: invitationId }, before: { role: withdrawn.role } });
  },

  accept: async (ctx, { token }) => {
    if (!ctx.user.emailVerified) throw fail(problems.emailUnverified);
    const named = readInvitationToken(token, await linkSecret());
    if (named === undefined) throw fail(invitationInvalid);
    await recordCaller(ctx.tx, ctx.user);
    // Enters the tenant: what follows, the audit row too, belongs to it.
    const joined = await ctx.tx.maybeOne<MembershipRow & { is_new: boolean }>(sql`
      select * from app.accept_invitation(${named.tenant}, ${named.invitation}, ${ctx.user.email})`);
    if (joined === undefined) throw fail(invitationInvalid);
    if (!joined.is_new) throw fail(alreadyMember);
    ctx.audit({
      target: { type: 'user', id: ctx.user.id },
      after: { role: joined.role, invitationId: formatId('invitation', named.invitation) },
    });
    return toMembership(joined);
  },
};

/** Counted when it is asked for, so that whoever asks too often is told; the worker sends it once. */
async function countMail(ctx: TenantContext, address: string): Promise<void> {
  const tenant = await tenantFactsIn(ctx.tx);
  const moment = { now: ctx.now(), deadlineMs: ctx.now().getTime() + answerWithinMs };
  const { states } = await takeMessage(tenant, { channel: 'email', address }, moment);
  await tellUsage(ctx, tenant, states);
}
