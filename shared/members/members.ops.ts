/** The members of a tenant: who they are, what role they have, and how they go (TEN-8). */
import type { TenantContext, Transaction } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import type { TenantRole } from '../contract/roles.ts';
import { sql } from '../db/sql.ts';
import { invitationOps } from './invitations.ops.ts';
import { lastOwner, type membersContract, ownerOnly } from './members.contract.ts';
import { type Listed, type MemberRow, toMember } from './members.rows.ts';

export const membersOps: Ops<typeof membersContract> = {
  ...invitationOps,

  list: async (ctx, { limit, cursor }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<Listed<MemberRow>>(sql`
      select m.user_id, u.email, u.name, m.role, m.created_at, app.exact_time(m.created_at) as exact_at
      from app.memberships m join app.users u on u.id = m.user_id
      where ${at}::timestamptz is null or (m.created_at, m.user_id) > (${at}::timestamptz, ${id}::uuid)
      order by m.created_at, m.user_id
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.user_id], toMember);
  },

  changeRole: async (ctx, { userId, role }) => {
    const { member, owners } = await lockWithOwners(ctx.tx, uuidOf(userId));
    if (member.role === 'owner' && role !== 'owner' && owners.length === 1) throw fail(lastOwner);
    const changed = await ctx.tx.one<MemberRow>(sql`
      update app.memberships m set role = ${role}, updated_at = now()
      from app.users u
      where m.user_id = ${member.user_id} and u.id = m.user_id
      returning m.user_id, u.email, u.name, m.role, m.created_at`);
    ctx.audit({ target: { type: 'user', id: userId }, before: { role: member.role }, after: { role } });
    ctx.reconfigure({ tenant: ctx.tenant.id });
    return toMember(changed);
  },

  remove: async (ctx, { userId }) => {
    const { member, owners } = await lockWithOwners(ctx.tx, uuidOf(userId));
    if (member.role === 'owner') {
      if (!actsAsOwner(ctx, owners)) throw fail(ownerOnly);
      if (owners.length === 1) throw fail(lastOwner);
    }
    await ctx.tx.query(sql`delete from app.memberships where user_id = ${member.user_id}`);
    ctx.audit({ target: { type: 'user', id: userId }, before: { role: member.role } });
    ctx.reconfigure({ tenant: ctx.tenant.id });
  },
};

type LockedRow = { user_id: string; role: TenantRole };

/**
 * Locks a member together with all owners, always in the same order: of two owners who demote each other at
 * once, the second waits and then finds itself the last.
 */
async function lockWithOwners(
  tx: Transaction,
  wanted: string,
): Promise<{ member: LockedRow; owners: string[] }> {
  const rows = await tx.query<LockedRow>(sql`
    select user_id, role from app.memberships
    where role = 'owner' or user_id = ${wanted}
    order by user_id for update`);
  const member = rows.find((row) => row.user_id === wanted);
  if (member === undefined) throw fail(problems.notFound);
  return { member, owners: rows.filter((row) => row.role === 'owner').map((row) => row.user_id) };
}

/** A person is an owner as the locked rows say, not as the request began; a key is what it was made as. */
function actsAsOwner({ actor, role }: TenantContext, owners: readonly string[]): boolean {
  return actor.type === 'person' ? owners.includes(uuidOf(actor.id)) : role === 'owner';
}
