/** What signed-in people do about themselves (IDN-1, TEN-4). */
import type { Transaction } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { failOn } from '../db/constraint.ts';
import { sql } from '../db/sql.ts';
import { recordCaller } from '../tenancy/caller.ts';
import type { identityContract } from './identity.contract.ts';
import {
  type MembershipRow,
  toMembership,
  toProfile,
  toShownProfile,
  type UserRow,
} from './identity.rows.ts';

export const identityOps: Ops<typeof identityContract> = {
  profile: async (ctx) => {
    const { impersonation } = ctx;
    // The token is not the member's, and says nothing about them.
    if (impersonation === undefined) await recordCaller(ctx.tx, ctx.user);
    const row = await ctx.tx.one<UserRow>(
      sql`select ${profileColumns} from app.users where id = app.user_id()`,
    );
    return impersonation === undefined ? toProfile(row) : toShownProfile(row, impersonation);
  },

  update: async (ctx, { name }) => {
    await recordCaller(ctx.tx, ctx.user);
    return toProfile(
      await ctx.tx.one<UserRow>(sql`
        update app.users set name = ${name}, updated_at = now() where id = app.user_id()
        returning ${profileColumns}`),
    );
  },

  memberships: async (ctx) => ({ items: (await membershipsOfCaller(ctx.tx)).map(toMembership) }),

  switchTenant: async (ctx, { tenantId }) => {
    const wanted = uuidOf(tenantId);
    const mine = (await membershipsOfCaller(ctx.tx)).find((membership) => membership.tenant_id === wanted);
    if (mine === undefined) throw fail(problems.notFound);
    // Somebody may remove the caller in this very moment.
    await failOn('users_default_membership', problems.notFound, () =>
      ctx.tx.query(sql`
        update app.users set default_tenant_id = ${wanted}, updated_at = now() where id = app.user_id()`),
    );
    return toMembership({ ...mine, is_default: true });
  },
};

const profileColumns = sql`
  id, email, name, app.default_tenant_of_caller() as default_tenant_id, created_at,
  (select address from app.verified_addresses v where v.user_id = users.id and kind = 'phone') as phone,
  (select verified_at from app.verified_addresses v where v.user_id = users.id and kind = 'phone')
    as phone_verified_at`;

function membershipsOfCaller(tx: Transaction): Promise<MembershipRow[]> {
  return tx.query<MembershipRow>(sql`select * from app.memberships_of_caller()`);
}
