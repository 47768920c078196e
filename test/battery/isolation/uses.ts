/** What every login was granted it can do, in a row of the kind that is its business, and there alone. */
import type { Client } from 'pg';
import { type Attempted, contextOf, place, type Placed, statementFor } from '#test/isolation/attempts.ts';
import { factoryOf, type Row } from '#test/isolation/rows.ts';
import { type Case, type Cast, type Fixture, fixtureOf } from './cast.ts';
import type { Grant, Role } from './grants.ts';

/** What a login's policy asks of a row beyond whose it is; the row factory makes what most rows are. */
const asked: Partial<Record<`${Role} ${string}`, (cast: Cast) => Row>> = {
  // Each writes in its own name.
  'app_platform audit_events': () => ({ plane: 'platform' }),
  'app_backup audit_events': () => ({ plane: 'system' }),
  'app_restore audit_events': () => ({ plane: 'system' }),
  'app_platform drills': ({ mine }) => ({ status: 'queued', requested_by: mine.userId }),
  // A dead letter that is sent again is a job.
  'app_definer outbox': () => ({ kind: 'job' }),
  // What may be kept still is nobody's but the tenant's.
  'app_system ai_transcripts': () => ({ kept_until: new Date(0) }),
};

/**
 * A case for each grant: one that no policy answers to would be a feature that is broken. Where every policy of a job's
 * login asks for the tenant, another case says that it is stopped in any other.
 */
export async function usesOf(admin: Client, cast: Cast, grants: readonly Grant[]): Promise<Case[]> {
  const bound = await boundJobs(admin);
  const cases: Case[] = [];
  for (const grant of grants.filter((one) => !isToLock(one))) {
    const use = used(cast, grant, await rowFor(admin, cast, grant));
    cases.push(use);
    if (bound.has(keyOf(grant))) cases.push(elsewhere(cast, use));
  }
  return cases;
}

/** A row of that kind, there already and to be added. */
async function rowFor(admin: Client, cast: Cast, { role, table: name }: Grant): Promise<Fixture> {
  const fixture = fixtureOf(cast, name);
  const more = asked[`${role} ${name}`]?.(cast);
  if (more === undefined) return fixture;
  const { table } = fixture;
  const make = async (): Promise<Row> => ({ ...(await factoryOf(name)(cast.mine, admin)), ...more });
  return { table, placed: await place(admin, table, await make()), fresh: await make() };
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
function elsewhere({ theirs }: Cast, use: Case): Case {
  const title = `${use.title}, from another tenant`;
  return { ...use, title, context: contextOf(theirs), expected: 'denied' };
}

/** A grant that is there because who locks a row needs the right to change it; its policy lets nothing change. */
function isToLock({ role, table, operation }: Grant): boolean {
  return role === 'app_definer' && table === 'platform_settings' && operation === 'update';
}

const keyOf = ({ role, table, operation }: Pick<Grant, 'role' | 'table' | 'operation'>): string =>
  [role, table, operation].join(' ');

/** What the logins of jobs may do in the tenant that they entered only: every policy for them asks for the tenant. */
async function boundJobs(admin: Client): Promise<Set<string>> {
  const { rows } = await admin.query<Pick<Grant, 'role' | 'table' | 'operation'>>(`
    select login.name as role, c.relname as table, o.operation
    from unnest(array['app_system', 'app_backup', 'app_restore']) as login (name)
    join pg_policy p on login.name::regrole = any (p.polroles)
    join pg_class c on c.oid = p.polrelid and c.relnamespace = 'app'::regnamespace
    join (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) as o (operation, code)
      on p.polcmd::text in (o.code, '*')
    group by 1, 2, 3
    having bool_and(concat(pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid)) like '%tenant_id()%')`);
  return new Set(rows.map(keyOf));
}
