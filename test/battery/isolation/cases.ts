/**
 * What may and what may not happen, one case each, for every table of the catalogue. Everything is derived before
 * anything is broken: which login may do what to which table (its grants), and what policies let a tenant do.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { foundTenant } from '#test/shared/db/tenants.ts';
import { type Context, contextOf, place, statementFor } from '#test/isolation/attempts.ts';
import { everyTableOf, operations } from '#test/isolation/catalogue.ts';
import { factoryOf, missingFactories } from '#test/isolation/rows.ts';
import type { Case, Cast, Fixture } from './cast.ts';
import { type Grant, grantsOf } from './grants.ts';
import { amongMembers, ofPlatformAlone, ofSupport } from './named-rules.ts';

/**
 * Arranges two tenants with a row in every table, and lists the cases.
 * @throws Error when a table has no row factory
 */
export async function arrangeCases(admin: Client): Promise<Case[]> {
  const tables = await everyTableOf(admin);
  const missing = missingFactories(tables);
  if (missing.length > 0) throw new Error(missing.join('\n'));
  const mine = await foundTenant(admin);
  const theirs = await foundTenant(admin);
  const fixtures: Fixture[] = [];
  for (const table of tables) {
    const factory = factoryOf(table.name);
    const placed = await place(admin, table, await factory(mine, admin));
    fixtures.push({ table, placed, fresh: await factory(mine, admin) });
  }
  const cast = { mine, theirs, fixtures };
  const grants = await grantsOf(admin);
  const bound = await boundJobs(admin);
  return [
    ...fixtures.flatMap((fixture) => [...intrusions(cast, fixture), ...ownUse(cast, fixture)]),
    ...fixtures.flatMap((fixture) => [...blindWrites(fixture), ...moves(cast, fixture)]),
    ...grants.filter((grant) => !isToLock(grant)).map((grant) => used(cast, grant)),
    ...grants.filter((grant) => bound.has(keyOf(grant))).map((grant) => elsewhere(cast, grant)),
    ...amongMembers(cast),
    ...ofPlatformAlone(cast),
    ...ofSupport(cast),
  ];
}

/** Whoever is not the tenant gets at nothing, whatever they were granted. */
function intrusions({ theirs }: Cast, { table, placed, fresh }: Fixture): Case[] {
  const intruders: [string, Context][] = [
    ['another tenant', contextOf(theirs)],
    ['no context', undefined],
    ['an empty context', { tenant: '', user: '' }],
    ['a malformed context', { tenant: "' or true --", user: 'not-a-uuid' }],
  ];
  return intruders.flatMap(([who, context]) =>
    operations.map((operation) => ({
      title: `${who}: ${operation} app.${table.name}`,
      role: 'app_tenant' as const,
      context,
      attempted: statementFor(operation, placed, fresh),
      privileges: 'granted' as const,
      expected: 'denied' as const,
    })),
  );
}

/** The same statements in the tenant's own context: what a policy lets it do works. */
function ownUse({ mine }: Cast, { table, placed, fresh }: Fixture): Case[] {
  return operations.map((operation) => ({
    title: `the tenant itself: ${operation} app.${table.name}`,
    role: 'app_tenant',
    context: contextOf(mine),
    attempted: statementFor(operation, placed, fresh),
    privileges: 'granted',
    expected: table.policed.has(operation) ? 'allowed' : 'denied',
  }));
}

/** A write that reads nothing is bound by the policies of writing alone; a stranger has no row to write. */
function blindWrites({ table }: Fixture): Case[] {
  const stranger: Context = { tenant: randomUUID(), user: randomUUID() };
  return [
    { kind: 'update', text: `update app.${table.name} set ${table.columns.at(-1) ?? ''} = null` },
    { kind: 'delete', text: `delete from app.${table.name}` },
  ].map(({ kind, text }) => ({
    title: `a stranger: ${kind} app.${table.name} without looking`,
    role: 'app_tenant',
    context: stranger,
    attempted: { text },
    privileges: 'granted',
    expected: 'denied',
  }));
}

/** A row cannot be given to another tenant; it can be given to its own. */
function moves({ mine, theirs }: Cast, { table, placed }: Fixture): Case[] {
  if (!table.columns.includes('tenant_id') || !table.policed.has('update')) return [];
  const text = `update app.${table.name} set tenant_id = $1 where ${placed.where}`;
  return [theirs, mine].map(({ tenantId }) => ({
    title: `a row of app.${table.name} given to ${tenantId === mine.tenantId ? 'its own' : 'another'} tenant`,
    role: 'app_tenant',
    context: contextOf(mine),
    attempted: { text, values: [tenantId] },
    privileges: 'granted',
    expected: tenantId === mine.tenantId ? 'allowed' : 'denied',
  }));
}

/** What a login was granted it can do: a grant that no policy answers to would be a feature that is broken. */
function used({ mine, fixtures }: Cast, { role, table: name, operation, column }: Grant): Case {
  const fixture = fixtures.find(({ table }) => table.name === name);
  if (fixture === undefined) throw new Error(`there is a grant on app.${name}, which is no table`);
  // Staff write in their own name; the row factory writes in the tenant's.
  const staff = role === 'app_platform' && 'plane' in fixture.fresh ? { plane: 'platform' } : {};
  return {
    title: `${role} uses its grant: ${operation} app.${name}`,
    role,
    context: contextOf(mine),
    attempted: statementFor(operation, fixture.placed, { ...fixture.fresh, ...staff }, column),
    privileges: 'migrated',
    expected: 'allowed',
  };
}

/** A grant that is there because who locks a row needs the right to change it; its policy lets nothing change. */
function isToLock({ role, table, operation }: Grant): boolean {
  return role === 'app_definer' && table === 'platform_settings' && operation === 'update';
}

const keyOf = ({ role, table, operation }: Omit<Grant, 'column'>): string =>
  [role, table, operation].join(' ');

/** What the logins of jobs may do in the tenant that they entered only: every policy for them asks for the tenant. */
async function boundJobs(admin: Client): Promise<Set<string>> {
  const { rows } = await admin.query<Omit<Grant, 'column'>>(`
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

/** The same in another tenant. */
function elsewhere(cast: Cast, grant: Grant): Case {
  const there = used(cast, grant);
  const title = `${there.title}, from another tenant`;
  return { ...there, title, context: contextOf(cast.theirs), expected: 'denied' };
}
