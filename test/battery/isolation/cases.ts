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
import { grantsOf } from './grants.ts';
import { amongMembers, ofPlatformAlone, ofSupport } from './named-rules.ts';
import { usesOf } from './uses.ts';

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
  return [
    ...fixtures.flatMap((fixture) => [...intrusions(cast, fixture), ...ownUse(cast, fixture)]),
    ...fixtures.flatMap((fixture) => [...blindWrites(fixture), ...moves(cast, fixture)]),
    ...(await usesOf(admin, cast, await grantsOf(admin))),
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
