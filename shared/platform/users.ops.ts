/** Finds people of all tenants. Who was looked for stays out of the trail, which nobody can forget anything in. */
import type { TenantRole } from '../contract/roles.ts';
import { formatId } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { mostUsers, type usersContract } from './users.contract.ts';

type UserRow = {
  id: string;
  email: string;
  name: string;
  created_at: Date;
  memberships: { tenantId: string; name: string; slug: string; role: TenantRole }[];
};

export const usersOps: Ops<typeof usersContract> = {
  users: async (ctx, { search, reason }) => {
    const found = await ctx.tx.query<UserRow>(
      sql`select id, email, name, created_at, memberships from app.find_users(${search}, ${mostUsers + 1})`,
    );
    const rows = found.slice(0, mostUsers);
    ctx.audit({ reason, after: { found: rows.map(({ id }) => formatId('user', id)) } });
    return {
      items: rows.map(({ id, email, name, created_at, memberships }) => ({
        ...{ id: formatId('user', id), email, name, createdAt: created_at.toISOString() },
        memberships: memberships.map((one) => ({ ...one, tenantId: formatId('tenant', one.tenantId) })),
      })),
      isCut: found.length > mostUsers,
    };
  },
};
