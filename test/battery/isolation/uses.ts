/** What every login was granted it can do, in a row of the kind that is its business, and there alone. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import {
  type Attempted,
  type Context,
  contextOf,
  type Placed,
  statementFor,
} from '#test/isolation/attempts.ts';
import { type Case, type Cast, type Fixture } from './cast.ts';
import { type Grant, roles } from './grants.ts';
import { rulesOfJobs } from './job-rules.ts';
import { rowFor } from './own-rows.ts';

/**
 * A case for each grant: one that no policy answers to would be a feature that is broken. Where every policy asks for
 * the tenant, others say that it is stopped in any other; where one asks for nothing of the caller, that it is not.
 */
export async function usesOf(admin: Client, cast: Cast, grants: readonly Grant[]): Promise<Case[]> {
  const reaches = await reachesOf(admin);
  const cases: Case[] = [];
  for (const grant of grants.filter((one) => !isToLock(one))) {
    const use = used(cast, grant, await rowFor(admin, cast, grant));
    const reach = reaches.get(keyOf(grant));
    cases.push(use);
    if (reach === 'the tenant') cases.push(elsewhere(cast, use, 'denied'), ...blind(use, grant));
    if (reach === 'every tenant') cases.push(elsewhere(cast, use, 'allowed'));
  }
  return [...cases, ...(await rulesOfJobs(admin, cast))];
}

function used({ mine }: Cast, grant: Grant, row: Fixture): Case {
  const { role, table, operation } = grant;
  return {
    title: `${role} uses its grant: ${operation} app.${table}`,
    role,
    context: contextOf(mine),
    attempted: attemptOf(grant, row),
    privileges: 'migrated',
    expected: 'allowed',
  };
}

/** Who may not read the key finds no row by it, and does it to all that there are. */
function attemptOf({ operation, column, readable }: Grant, { table, placed, fresh }: Fixture): Attempted {
  const isFound = table.primaryKey.every((name) => readable.includes(name));
  const which: Placed = isFound ? placed : { table, where: 'true' };
  if (operation !== 'update' || column === undefined || readable.includes(column)) {
    return statementFor(operation, which, fresh, column);
  }
  return { text: `update app.${table.name} set ${column} = default where ${which.where}` };
}

/** The same in another tenant. */
function elsewhere({ theirs }: Cast, use: Case, expected: Case['expected']): Case {
  return { ...use, title: `${use.title}, from another tenant`, context: contextOf(theirs), expected };
}

/** A write that reads nothing is bound by the policies of writing alone; a stranger has no row to write. */
function blind(use: Case, { table, operation, column = '' }: Grant): Case[] {
  const text = { update: `update app.${table} set ${column} = default`, delete: `delete from app.${table}` };
  if (operation !== 'update' && operation !== 'delete') return [];
  const context: Context = { tenant: randomUUID(), user: randomUUID() };
  const attempted = { text: text[operation] };
  return [{ ...use, title: `${use.title}, without looking`, context, attempted, expected: 'denied' }];
}

/** A grant that is there because who locks a row needs the right to change it; its policy lets nothing change. */
function isToLock({ role, table, operation }: Grant): boolean {
  return role === 'app_definer' && table === 'platform_settings' && operation === 'update';
}

const keyOf = ({ role, table, operation }: Pick<Grant, 'role' | 'table' | 'operation'>): string =>
  [role, table, operation].join(' ');

/** Whose rows a login's policies let it do something to, where the tenant decides or nothing does. */
async function reachesOf(admin: Client): Promise<Map<string, 'the tenant' | 'every tenant'>> {
  type Reach = Pick<Grant, 'role' | 'table' | 'operation'> & { bound: boolean; free: boolean };
  const { rows } = await admin.query<Reach>(
    `select login.name as role, c.relname as table, o.operation,
        bool_and(asked.what like '%tenant_id()%') as bound,
        bool_or(asked.what !~ '(tenant_id|user_id|current_setting)\\(') as free
      from unnest($1::text[]) as login (name)
      join pg_policy p on login.name::regrole = any (p.polroles)
      join pg_class c on c.oid = p.polrelid and c.relnamespace = 'app'::regnamespace
      join (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) as o (operation, code)
        on p.polcmd::text in (o.code, '*')
      cross join lateral (
        select case when o.operation = 'insert' then coalesce(pg_get_expr(p.polwithcheck, c.oid), pg_get_expr(p.polqual, c.oid))
               else pg_get_expr(p.polqual, c.oid) end as what) asked
      group by 1, 2, 3`,
    // Of tenants' own login every table says more above.
    [roles.filter((role) => role !== 'app_tenant')],
  );
  return new Map(
    rows.flatMap((row) => {
      const reach = row.bound ? 'the tenant' : row.free ? 'every tenant' : undefined;
      return reach === undefined ? [] : [[keyOf(row), reach] as const];
    }),
  );
}
