/**
 * The interleaved transactions, directly and through PgBouncer; and both again with a context of the session,
 * which must leak, or nobody could know that a leak would be seen.
 */
import type { Client } from 'pg';
import { openPool } from '#shared/db/pool.ts';
import { kernelDatabase, type KernelDatabase } from '#test/support/kernel-database.ts';
import { findPgBouncer, startPgBouncer } from '#test/support/pgbouncer.ts';
import type { TestPostgres } from '#test/support/postgres.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';
import type { Report } from '../figures.ts';
import { aborts, interleave, type Interleaved } from './interleaved.ts';

const tenantsCount = 50;
const connections = 4;
const transactions = 10_000;
/** A context that leaks does so at once. */
const leakyTransactions = 500;
/** Fewer than the pool has, so that connections change hands. */
const bouncerConnections = 3;

/** Runs and reports all of them. */
export async function reportInterleaved(report: Report, postgres: TestPostgres): Promise<void> {
  await through(report, postgres, 'direct', (database) => direct(database));
  const program = findPgBouncer();
  if (program === undefined) {
    report.note('PgBouncer is not installed (Debian: pgbouncer), so nothing was interleaved through it.');
    report.figure('interleaved through PgBouncer', 0, 'transactions, not installed');
    return;
  }
  await through(report, postgres, 'PgBouncer', (database) => bounced(program, database));
}

type Opened = { pool: ReturnType<typeof openPool>; close(): Promise<void> };

async function through(
  report: Report,
  postgres: TestPostgres,
  how: string,
  open: (database: KernelDatabase) => Promise<Opened>,
): Promise<void> {
  report.progress(`${transactions} interleaved transactions, ${how}`);
  const real = await inDatabase(postgres, transactions, open, unchanged);
  report.none(
    `interleaved, ${how}: leaks`,
    real.leaks.length,
    real.transactions + real.unentered,
    real.leaks,
  );
  report.none(`interleaved, ${how}: wrong ends`, real.wrong.length, real.transactions, real.wrong);
  for (const abort of aborts) {
    report.figure(`interleaved, ${how}: ${abort}`, real.aborted[abort], 'transactions', { atLeast: 1 });
  }
  const leaky = await inDatabase(postgres, leakyTransactions, open, contextOfSession);
  report.figure(`context of the session, ${how}: leaks seen`, leaky.leaks.length, `of ${leakyTransactions}`, {
    atLeast: 1,
  });
}

async function inDatabase(
  postgres: TestPostgres,
  count: number,
  open: (database: KernelDatabase) => Promise<Opened>,
  change: (admin: Client) => Promise<void>,
): Promise<Interleaved> {
  const database = await kernelDatabase(postgres);
  try {
    await change(database.admin);
    const tenants = [];
    for (let index = 0; index < tenantsCount; index += 1) tenants.push(await foundTenant(database.admin));
    const opened = await open(database);
    try {
      return await interleave(opened.pool, database.admin, tenants, count);
    } finally {
      await opened.close();
    }
  } finally {
    await database.drop();
  }
}

/** `app.enter` as it is, but for the session, and with nobody watching that it was entered before. */
async function contextOfSession(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ definition: string }>(
    `select pg_get_functiondef(oid) as definition from pg_proc
     where pronamespace = 'app'::regnamespace and proname = 'enter'`,
  );
  const real = rows[0]?.definition ?? '';
  const ofSession = real.replace(/(set_config\('app\.\w+', .*), true\)/g, '$1, false)');
  const unguarded = ofSession.replace(/raise exception [^;]* 'PLN01'/, 'null');
  if (ofSession === real || unguarded === ofSession) throw new Error('app.enter is not what it was');
  await admin.query(unguarded);
}

/** As it is. */
const unchanged = async (): Promise<void> => undefined;

async function direct(database: KernelDatabase): Promise<Opened> {
  return { pool: database.pool('app_tenant', connections), close: async () => undefined };
}

async function bounced(program: string, database: KernelDatabase): Promise<Opened> {
  const environment = database.environment('app_tenant');
  const { host, port, database: name } = database.database;
  const login = { user: 'app_tenant', password: environment.DATABASE_PASSWORD ?? '' };
  const bouncer = await startPgBouncer(program, {
    ...{ host, port, database: name, ...login },
    connections: bouncerConnections,
  });
  const pool = openPool({
    ...{ host: '127.0.0.1', port: bouncer.port, database: name, ...login },
    ...{ region: 'us-east-1', answerTimeoutMs: 15_000, poolSize: connections },
  });
  return {
    pool,
    close: async () => {
      await pool.end();
      await bouncer.stop();
    },
  };
}
