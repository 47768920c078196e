/**
 * A real PostgreSQL for tests: one server per test run, started by the first test that asks (see
 * global-setup.ts), and as many databases as tests want. Cloning a prepared template takes some 20 ms.
 *
 *     const postgres = await testPostgres();
 *     const template = await postgres.template('migrated', (url) => migrate(url));
 *     const database = await postgres.createDatabase({ template });
 *     afterAll(() => database.drop());
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startTestServer } from './postgres-server.ts';

export type TestDatabase = {
  url: string;
  host: string;
  port: number;
  database: string;
  /** A superuser: policies do not bind it, so sign in as a role of your own to see them at work. */
  user: string;
  password: string;
  /** Ends every session of the database and removes it. */
  drop(): Promise<void>;
};

export type TestPostgres = {
  adminUrl: string;
  /** A new database, empty or a copy of the template. Nobody may be connected to the template. */
  createDatabase(options?: { template?: string }): Promise<TestDatabase>;
  /** Prepares a template once per test run, whoever asks first; returns its name. */
  template(key: string, prepare: (url: string) => Promise<void>): Promise<string>;
  /** Stops a server that was started for this process alone; the server of the run outlives each file. */
  stop(): Promise<void>;
};

/** The server of this test run; outside of Jest, a server of our own. */
export async function testPostgres(): Promise<TestPostgres> {
  const service = process.env.PLINTH_TEST_POSTGRES;
  if (service === undefined) {
    const own = await startTestServer();
    return clientOf(own.adminUrl, () => own.stop());
  }
  const answer = await fetch(service);
  if (!answer.ok) throw new Error(`The PostgreSQL server for tests did not start: ${await answer.text()}`);
  return clientOf(await answer.text(), async () => undefined);
}

function clientOf(adminUrl: string, stop: () => Promise<void>): TestPostgres {
  const createDatabase = async ({ template = 'template1' }: { template?: string } = {}) => {
    const name = `t_${randomBytes(8).toString('hex')}`;
    await asAdmin(adminUrl, (admin) => createFrom(admin, name, template));
    return databaseOf(adminUrl, name);
  };
  const template = async (key: string, prepare: (url: string) => Promise<void>) => {
    const name = `template_${key}`;
    await asAdmin(adminUrl, async (admin) => {
      // Held by this session, so that other workers wait instead of preparing it again.
      await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
      const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
      if (rowCount !== 0) return;
      const draft = await createDatabase();
      await prepare(draft.url).catch(async (error: unknown) => {
        await draft.drop();
        throw error;
      });
      await admin.query(`alter database ${draft.database} rename to ${pg.escapeIdentifier(name)}`);
    });
    return name;
  };
  return { adminUrl, createDatabase, template, stop };
}

async function createFrom(admin: pg.Client, name: string, template: string): Promise<void> {
  await admin.query(`create database ${name} template ${pg.escapeIdentifier(template)}`);
}

function databaseOf(adminUrl: string, database: string): TestDatabase {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return {
    url: url.href,
    host: url.hostname,
    port: Number(url.port),
    database,
    user: url.username,
    password: url.password,
    drop: () =>
      asAdmin(adminUrl, async (admin) => {
        await admin.query(`drop database if exists ${database} with (force)`);
      }),
  };
}

async function asAdmin(adminUrl: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
