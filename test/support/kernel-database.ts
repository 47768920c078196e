/** A migrated kernel database for one test file, cloned from a template, with a pool for each login. */
import pg from 'pg';
import type { DatabaseRole } from '#shared/contract/module.ts';
import { migrate } from '#shared/db/migrate.ts';
import { openPool } from '#shared/db/pool.ts';
import { type TestDatabase, type TestPostgres, testPostgres } from './postgres.ts';

export type KernelDatabase = {
  database: TestDatabase;
  /** A pool that signs in as one of the kernel's logins; closed by `drop`. */
  pool(login: DatabaseRole, size?: number): pg.Pool;
  /** A client of the superuser, whom policies do not bind: for arranging and checking. */
  admin: pg.Client;
  /** What a function's environment says about the database. */
  environment(login: DatabaseRole): Record<string, string>;
  drop(): Promise<void>;
};

const logins: readonly DatabaseRole[] = [
  'app_tenant',
  'app_platform',
  'app_system',
  'app_backup',
  'app_restore',
];
const password = 'for-tests-only';

/**
 * A fresh copy of the migrated database, or of a template that was made from one.
 * @param on a server that several databases share, and whose end is its starter's business
 */
export async function kernelDatabase(on?: TestPostgres, templateName?: string): Promise<KernelDatabase> {
  const postgres = on ?? (await testPostgres());
  const template = templateName ?? (await postgres.template('kernel', prepare));
  const database = await postgres.createDatabase({ template });
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const pools: pg.Pool[] = [];
  const { host, port, database: name } = database;
  return {
    database,
    admin,
    pool: (user, poolSize = 1) => {
      const opened = openPool({
        ...{ host, port, database: name, user, password, poolSize },
        region: 'us-east-1',
        answerTimeoutMs: 15_000,
      });
      pools.push(opened);
      return opened;
    },
    environment: (login) => ({
      DATABASE_HOST: host,
      DATABASE_PORT: String(port),
      DATABASE_NAME: name,
      DATABASE_USER: login,
      DATABASE_PASSWORD: password,
    }),
    drop: async () => {
      await Promise.all(pools.map((opened) => opened.end()));
      await admin.end();
      await database.drop();
      if (on === undefined) await postgres.stop();
    },
  };
}

async function prepare(url: string): Promise<void> {
  const administrator = new pg.Client({ connectionString: url });
  await administrator.connect();
  await migrate(administrator);
  for (const login of logins) await administrator.query(`alter role ${login} password '${password}'`);
  await administrator.end();
}
