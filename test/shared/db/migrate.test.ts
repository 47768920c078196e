import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { loginRoles } from '#shared/db/lints/rule.ts';
import { migrate, migrations } from '#shared/db/migrate.ts';
import { type TestDatabase, type TestPostgres, testPostgres } from '#test/support/postgres.ts';

let postgres: TestPostgres;
const databases: TestDatabase[] = [];
const clients: pg.Client[] = [];

beforeAll(async () => {
  postgres = await testPostgres();
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await Promise.all(databases.map((database) => database.drop()));
  await postgres.stop();
});

async function newDatabase(): Promise<TestDatabase> {
  const database = await postgres.createDatabase();
  databases.push(database);
  return database;
}

async function connect(database: TestDatabase, as: { user?: string; password?: string } = {}) {
  const { host, port, user, password } = database;
  const client = new pg.Client({ host, port, user, password, ...as, database: database.database });
  await client.connect();
  clients.push(client);
  return client;
}

describe('migrate', () => {
  test('applies everything once, in order; the second run changes nothing', async () => {
    const client = await connect(await newDatabase());
    const names = (await migrations()).map(({ name }) => name);
    expect(await migrate(client)).toEqual(names);
    expect(await migrate(client)).toEqual([]);
    const role = await client.query<{ current_user: string; session_user: string }>(
      'select current_user, session_user',
    );
    expect(role.rows[0]?.current_user).toBe(role.rows[0]?.session_user);
  });

  test('two at the same time on one database apply everything once', async () => {
    const database = await newDatabase();
    const both = await Promise.all([connect(database), connect(database)]);
    const applied = await Promise.all(both.map((client) => migrate(client)));
    expect(applied.map((names) => names.length).sort()).toEqual([0, (await migrations()).length]);
  });

  test('[TEN-6] databases of one server may be migrated at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => newDatabase()));
    const all = await Promise.all(made.map((database) => connect(database)));
    const applied = await Promise.all(all.map((client) => migrate(client)));
    expect(new Set(applied.map((names) => names.length))).toEqual(new Set([(await migrations()).length]));
  });

  test('an edited migration is refused, and nothing is left behind', async () => {
    const client = await connect(await newDatabase());
    await migrate(client);
    await client.query("update migration.applied set checksum = 'edited' where version = 1");
    await expect(migrate(client)).rejects.toThrow('0001_context.sql was edited after it had been applied');
    const locks = await client.query(
      "select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()",
    );
    expect(locks.rowCount).toBe(0);
    const role = await client.query('select where current_user = session_user');
    expect(role.rowCount).toBe(1);
  });

  test('a migration that fails is named, undone, and can be repeated after the cause is gone', async () => {
    const client = await connect(await newDatabase());
    await client.query('create schema app');
    await client.query('create table app.outbox (id integer)');
    await expect(migrate(client)).rejects.toThrow('Migration 0001_context.sql failed.');
    await client.query('drop schema app cascade');
    expect(await migrate(client)).toHaveLength((await migrations()).length);
  });

  test('[ARC-4] an administrator who is no superuser, as on RDS, is enough', async () => {
    const database = await newDatabase();
    const superuser = await connect(database);
    const name = `admin_${database.database}`;
    await superuser.query(`create role ${name} login createrole createdb password 'x'`);
    const exists = await superuser.query("select from pg_roles where rolname = 'app_migrator'");
    if (exists.rowCount !== 0) {
      // Roles are the server's: what creating them would have given, membership with the right to pass it on.
      for (const role of ['app_migrator', 'app_definer', ...loginRoles]) {
        await superuser.query(`grant ${role} to ${name} with admin true, inherit false, set false`);
      }
    }
    await superuser.query(`alter database ${database.database} owner to ${name}`);
    const administrator = await connect(database, { user: name, password: 'x' });
    try {
      expect(await migrate(administrator)).toHaveLength((await migrations()).length);
      expect(await migrate(administrator)).toEqual([]);
    } finally {
      await administrator.query('reset role');
      await superuser.query(`drop owned by ${name} cascade`);
    }
  });
});
