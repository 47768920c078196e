/** What the logins may do at all: the grants as they are migrated. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { kernelDatabase } from '#test/support/kernel-database.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';
import { contextOf, place, run, signIn } from './attempts.ts';
import { tablesOfPlatform } from '#shared/db/lints/exceptions.ts';
import { tablesOf } from './catalogue.ts';
import { factoryOf } from './rows.ts';

const database = await kernelDatabase();
const { admin } = database;
const tables = await tablesOf(admin);
const mine = await foundTenant(admin);
for (const table of tables) await place(admin, table, await factoryOf(table.name)(mine, admin));
const logins = {
  app_tenant: await signIn(database, 'app_tenant'),
  app_platform: await signIn(database, 'app_platform'),
  app_system: await signIn(database, 'app_system'),
  app_backup: await signIn(database, 'app_backup'),
  app_restore: await signIn(database, 'app_restore'),
};

afterAll(async () => {
  for (const client of Object.values(logins)) await client.end();
  await database.drop();
});

const readable = async (login: keyof typeof logins, context = contextOf(mine)) => {
  const names: string[] = [];
  for (const { name } of tables) {
    if ((await run(logins[login], context, `select 1 from app.${name}`)) === 'allowed') names.push(name);
  }
  return names;
};

describe('[ACC-1] what each login reads', () => {
  test('the platform’s staff see tenants and what support asked of them, and none of their content', async () => {
    const staff = { tenant: '', user: '00000000-0000-4000-8000-000000000000' };
    const theirs = [
      'backups',
      'dead_letters',
      'drills',
      'impersonations',
      'security_events',
      'tenant_overrides',
      'tenants',
    ];
    expect(await readable('app_platform', staff)).toEqual(theirs);
  });

  test.each(Object.keys(tablesOfPlatform))(
    'app.%s shows a tenant nothing, whatever is granted',
    async (name) => {
      const count = async () =>
        (await logins.app_tenant.query<{ rows: number }>(`select count(*)::int as rows from app.${name}`))
          .rows;
      expect(await run(logins.app_tenant, contextOf(mine), `select from app.${name}`)).toBe('refused');
      await admin.query(`grant select on app.${name} to app_tenant`);
      expect(await count()).toEqual([{ rows: 0 }]);
      await admin.query(`revoke select on app.${name} from app_tenant`);
    },
  );

  test('system jobs see what they move and expire', async () => {
    expect(await readable('app_system', undefined)).toEqual([
      'ai_budget_alerts',
      'ai_budget_increases',
      'ai_budgets',
      'ai_calls',
      'ai_tenants',
      'audit_heads',
      'audit_pending',
      'backups',
      'dead_letters',
      'drills',
      'idempotency_keys',
      'invitations',
      'memberships',
      'outbox',
      'restore_rows',
      'restores',
      'sessions',
      'tenant_metrics',
      'tenant_settings',
      'tenants',
      'usage_alerts',
      'user_idempotency_keys',
    ]);
  });

  test('a tenant sees its own rows in all its tables', async () => {
    expect(await readable('app_tenant')).toEqual(
      tables.map(({ name }) => name).filter((name) => name !== 'outbox' && name !== 'restore_rows'),
    );
  });
});

describe('[AUD-1] the audit trail', () => {
  test.each(Object.keys(logins) as (keyof typeof logins)[])(
    '%s can neither change nor remove it',
    async (login) => {
      for (const statement of [
        "update app.audit_events set reason = 'never'",
        'delete from app.audit_events',
        'truncate app.audit_events',
      ]) {
        expect(await run(logins[login], contextOf(mine), statement)).toBe('refused');
      }
    },
  );

  test('a tenant adds to it and reads it', async () => {
    const row = await factoryOf('audit_events')(mine, admin);
    const text = `insert into app.audit_events (${Object.keys(row).join()}) values ($1, $2, $3, $4, $5, $6)`;
    expect(await run(logins.app_tenant, contextOf(mine), text, Object.values(row))).toBe('allowed');
    expect(await run(logins.app_tenant, contextOf(mine), 'select 1 from app.audit_events')).toBe('allowed');
  });
});

test('[TEN-1] a tenant cannot change its own plan or status', async () => {
  for (const change of ["plan = 'enterprise'", "status = 'active'", 'version = 0']) {
    expect(await run(logins.app_tenant, contextOf(mine), `update app.tenants set ${change}`)).toBe('refused');
  }
});

describe('[TEN-5] the logins cannot help themselves', () => {
  const forbidden = [
    'create table app.mine (id integer)',
    'create table public.mine (id integer)',
    'create schema mine',
    'alter table app.tenants disable row level security',
    'set role app_definer',
    'set role app_migrator',
    'create role helper',
    `insert into app.tenants (id, slug, name, region, plan)
       values ('00000000-0000-4000-8000-000000000001', 'forged', 'x', 'us', 'basic')`,
    'delete from app.tenants',
    "update app.tenants set region = 'eu'",
    "update app.memberships set user_id = '00000000-0000-4000-8000-000000000001'",
    'select * from migration.applied',
  ];

  test.each(Object.keys(logins) as (keyof typeof logins)[])('%s', async (login) => {
    for (const statement of forbidden) {
      // Within its tenant it adds and removes members, so this gives it nothing.
      if (login === 'app_restore' && statement.startsWith('update app.memberships')) continue;
      expect([statement, await run(logins[login], contextOf(mine), statement)]).toEqual([
        statement,
        'refused',
      ]);
    }
  });
});

describe('[BKP-1] the logins of backups and restores', () => {
  const kept = ['audit_events', 'security_events', 'ai_calls', 'api_keys', 'invitations', 'tenant_overrides'];

  test('a backup reads all tables that say what becomes of them, and changes none', async () => {
    const { rows } = await admin.query<{ name: string }>('select name from app.backup_tables()');
    expect(await readable('app_backup')).toEqual(rows.map(({ name }) => name).sort());
    for (const { name } of rows.filter((table) => table.name !== 'backups')) {
      const column = name === 'tenants' ? 'id' : 'tenant_id';
      for (const statement of [`delete from app.${name}`, `update app.${name} set ${column} = ${column}`]) {
        expect([statement, await run(logins.app_backup, contextOf(mine), statement)]).toEqual([
          statement,
          'refused',
        ]);
      }
    }
  });

  test.each(kept)('[BKP-2] a restore changes nothing in app.%s', async (name) => {
    const statements = [`delete from app.${name}`, `update app.${name} set tenant_id = tenant_id`];
    for (const statement of statements) {
      expect(await run(logins.app_restore, contextOf(mine), statement)).toBe('refused');
    }
  });

  test('[BKP-2] of the tenant itself a restore changes the name alone', async () => {
    const change = (values: string) =>
      run(logins.app_restore, contextOf(mine), `update app.tenants set ${values}`);
    expect(await change("name = 'As it was'")).toBe('allowed');
    for (const values of [
      "plan = 'enterprise'",
      "status = 'active'",
      "domain = 'x.example'",
      'version = 0',
    ]) {
      expect(await change(values)).toBe('refused');
    }
  });
});
