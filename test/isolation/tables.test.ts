/**
 * Every table × every operation × every context that is not the tenant's own, with the same attempt in the
 * tenant's own context as the control. app_tenant is first granted everything, so that what refuses is the
 * policies and not a missing grant.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { kernelDatabase } from '#test/support/kernel-database.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';
import {
  attempt,
  attemptToMove,
  type Context,
  contextOf,
  type Outcome,
  place,
  run,
  signIn,
} from './attempts.ts';
import { everyTableOf, operations, viewsOf } from './catalogue.ts';
import { factoryOf, missingFactories, rowFactories } from './rows.ts';

const database = await kernelDatabase();
const { admin } = database;
const tables = await everyTableOf(admin);
const covered = tables.filter(({ name }) => name in rowFactories);
const views = await viewsOf(admin);
const mine = await foundTenant(admin);
const theirs = await foundTenant(admin);
await admin.query('grant select, insert, update, delete on all tables in schema app to app_tenant');
const client = await signIn(database, 'app_tenant');
// A connection on which no context was ever set: there the setting is absent, elsewhere it is empty.
const untouched = await signIn(database, 'app_tenant');

afterAll(async () => {
  await client.end();
  await untouched.end();
  await database.drop();
});

const intruders: readonly [string, Context][] = [
  ['another tenant', contextOf(theirs)],
  ['no context', undefined],
  ['an empty context', { tenant: '', user: '' }],
  ['a malformed context', { tenant: "' or true --", user: 'not-a-uuid' }],
];

const placed = async (name: string, owner: Founded) => {
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`there is no table app.${name}`);
  return place(admin, table, await factoryOf(name)(owner, admin));
};

describe('coverage', () => {
  test('every table of the catalogue has a row factory', () => {
    expect(missingFactories(tables)).toEqual([]);
  });

  test('every row factory has a table', () => {
    expect(Object.keys(rowFactories).filter((name) => !tables.some((table) => table.name === name))).toEqual(
      [],
    );
  });

  test('a new table without a row factory is noticed', async () => {
    await admin.query('create table app.newcomers (id integer)');
    const missing = missingFactories(await everyTableOf(admin));
    await admin.query('drop table app.newcomers');
    expect(missing).toEqual(['app.newcomers is not covered: add a row factory to test/isolation/rows.ts']);
  });
});

describe.each(covered)('[TEN-5] app.$name', ({ name, policed, columns }) => {
  describe.each(operations)('%s', (operation) => {
    test.each(intruders)('%s cannot', async (_who, context) => {
      const row = await placed(name, mine);
      const fresh = await factoryOf(name)(mine, admin);
      const connection = context === undefined ? untouched : client;
      const outcome = await attempt(connection, context, operation, row, fresh);
      expect(outcome).not.toBe('allowed');
    });

    test(`the tenant itself ${policed.has(operation) ? 'can' : 'cannot either: no policy lets it'}`, async () => {
      const row = await placed(name, mine);
      const fresh = await factoryOf(name)(mine, admin);
      const outcome = await attempt(client, contextOf(mine), operation, row, fresh);
      expect(outcome === 'allowed').toBe(policed.has(operation));
    });
  });

  if (columns.includes('tenant_id') && policed.has('update')) {
    test('a row cannot be given to another tenant', async () => {
      expect(await attemptToMove(client, contextOf(mine), await placed(name, mine), theirs.tenantId)).toBe(
        'refused',
      );
      expect(await attemptToMove(client, contextOf(mine), await placed(name, mine), mine.tenantId)).toBe(
        'allowed',
      );
    });
  }
});

describe('[TEN-5] the attempts find what they look for', () => {
  const after = async (statement: string): Promise<Outcome[]> => {
    const row = await placed('invitations', mine);
    const fresh = await factoryOf('invitations')(mine, admin);
    await admin.query(statement);
    const outcomes: Outcome[] = [];
    for (const operation of operations) {
      outcomes.push(await attempt(client, contextOf(theirs), operation, row, fresh));
    }
    return outcomes;
  };

  test('row level security that is off is noticed by every operation', async () => {
    const outcomes = await after('alter table app.invitations disable row level security');
    await admin.query('alter table app.invitations enable row level security');
    expect(outcomes).toEqual(['allowed', 'allowed', 'allowed', 'allowed']);
  });

  test('one policy too many is noticed', async () => {
    const outcomes = await after(
      'create policy leak on app.invitations for select to app_tenant using (true)',
    );
    await admin.query('drop policy leak on app.invitations');
    expect(outcomes).toEqual(['allowed', 'refused', 'hidden', 'hidden']);
  });
});

describe('[TEN-5] views', () => {
  const sees = async (view: string, who: Founded, whose: Founded) =>
    run(client, contextOf(who), `select 1 from app.${view} where tenant_id = $1`, [whose.tenantId]);

  test('every view shows the rows of the tenant only', async () => {
    for (const view of views) {
      expect([view, await sees(view, theirs, mine)]).toEqual([view, 'hidden']);
      expect([view, await run(untouched, undefined, `select 1 from app.${view}`)]).toEqual([view, 'hidden']);
    }
  });

  test('a view that runs as its owner is noticed, one that runs as the caller is not', async () => {
    await placed('invitations', mine);
    await admin.query('create view app.unsafe as select * from app.invitations');
    await admin.query('create view app.safe with (security_invoker) as select * from app.invitations');
    await admin.query('grant select on app.unsafe, app.safe to app_tenant');
    const outcomes = [await sees('unsafe', theirs, mine), await sees('safe', theirs, mine)];
    const control = await sees('safe', mine, mine);
    await admin.query('drop view app.unsafe, app.safe');
    expect([outcomes, control]).toEqual([['allowed', 'hidden'], 'allowed']);
  });
});

describe('[TEN-5] members of one tenant among each other', () => {
  test('the kept answers of another member are hidden', async () => {
    const row = await placed('idempotency_keys', mine);
    const colleague: Context = { tenant: mine.tenantId, user: theirs.userId };
    const fresh = await factoryOf('idempotency_keys')(mine, admin);
    expect(await attempt(client, colleague, 'select', row, fresh)).toBe('hidden');
    expect(await attempt(client, colleague, 'insert', row, fresh)).toBe('refused');
  });

  test('[AUD-1] a tenant cannot write in the name of the platform', async () => {
    const audit = await factoryOf('audit_events')(mine, admin);
    const row = await placed('audit_events', mine);
    const forged = { ...audit, plane: 'platform' };
    expect(await attempt(client, contextOf(mine), 'insert', row, forged)).toBe('refused');
  });
});
