/**
 * What the tenant transaction costs: its round trips, counted by a proxy that holds answers back, and its time
 * against one plain statement that commits itself.
 */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Statement } from '#shared/contract/context.ts';
import { sql } from '#shared/db/sql.ts';
import { type Entry, readOnce, transact } from '#shared/db/transaction.ts';
import type { Report } from '#test/battery/figures.ts';
import { startProxy } from '#test/shared/db/proxy.ts';
import { type BenchDatabase, startBenchDatabase } from './support/database.ts';
import { underOneSync } from './support/one-sync.ts';
import { type Samples, takeTurns } from './support/samples.ts';

export const summary = 'Round trips and time of the tenant transaction against plain autocommit';

const plan = { warmUp: 300, rounds: 60, perRound: 30 };
const goal = { atMost: 1.5 };
const tenant = randomUUID();
const entry: Entry = { tenantId: tenant, userId: randomUUID(), requestId: 'bench' };

export async function run(report: Report): Promise<void> {
  // Commits must be durable as they are in production, or the baseline would be a cache.
  const database = await startBenchDatabase({ fsync: 'on', full_page_writes: 'on' });
  try {
    await database.admin.query(
      `insert into bench.notes (tenant_id, id, number, title)
       select $1, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n, 'note ' || n
       from generate_series(1, 1000) n`,
      [tenant],
    );
    await countTrips(report, database);
    await compareReads(report, database);
    await compareWrites(report, database, true);
    await compareWrites(report, database, false);
    report.note(
      'What would get a single statement to 1.1×: enter and statement under one Sync, an implicit transaction ' +
        'without BEGIN and COMMIT in one trip ("one sync" above, with RLS), plus statements that the server ' +
        'need not plan anew. pg cannot do the first on a pipelined connection, and RDS Proxy pins on names.',
    );
    report.note(
      '"recorded" takes two trips only because transact awaits its entry before COMMIT; sent with it, a ' +
        'transaction that needs no answer would take one.',
    );
  } finally {
    await database.stop();
  }
}

/** Every statement of the table's own; the id is new each time. */
const written = () => sql`
  insert into bench.notes (tenant_id, id, number, title) values (${tenant}, ${randomUUID()}, 1, 'written')`;
const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const read = (id: string) => sql`select id, number, title from bench.notes where id = ${id}`;
const readPlain = (id: string) =>
  sql`select id, number, title from bench.notes where tenant_id = ${tenant} and id = ${id}`;

/** One write as most operations do it: its result is awaited before the transaction is committed. */
const writeAwaited = (pool: Pool) => transact(pool, entry, (tx) => tx.query(written()));
/** One write whose result nobody needs. */
const writeRecorded = (pool: Pool) => transact(pool, entry, async (tx) => tx.record(written()));

/** What most code does: begin, set the tenant, write, commit, each awaited. */
async function writeStepByStep(pool: Pool): Promise<void> {
  const connection = await pool.connect();
  const { text, values } = written();
  await connection.query('begin');
  await connection.query("select set_config('app.tenant_id', $1, true)", [tenant]);
  await connection.query(text, [...values]);
  await connection.query('commit');
  connection.release();
}

/** The same effect with BEGIN and COMMIT left to the protocol: what the kernel could still gain. */
async function writeUnderOneSync(pool: Pool): Promise<void> {
  const connection = await pool.connect();
  const enter = sql`select app.enter(${tenant}::uuid, ${entry.userId}::uuid, ${entry.requestId})`;
  await underOneSync(connection, [enter, written()]);
  connection.release();
}

async function countTrips(report: Report, database: BenchDatabase): Promise<void> {
  const proxy = await startProxy(database.host, database.port);
  try {
    const pool = database.pool({ port: proxy.port });
    const plain = database.plainPool({ port: proxy.port });
    const trips = async (call: () => Promise<unknown>): Promise<number> => {
      // The first call opens the connection.
      await call();
      proxy.reset();
      await call();
      return proxy.trips();
    };
    const audit = sql`insert into bench.notes (tenant_id, id, number, title)
                      values (${tenant}, gen_random_uuid(), 2, 'audit')`;
    const withRecords = () =>
      transact(pool, entry, async (tx) => {
        const rows = await tx.query(written());
        tx.record(audit);
        tx.record(audit);
        return rows;
      });
    const say = (id: string, value: number, atMost?: number) =>
      report.figure(`trips ${id}`, value, 'round trips', atMost === undefined ? undefined : { atMost });
    say('transaction, one write', await trips(() => writeAwaited(pool)), 2);
    say('transaction, one write and two records', await trips(withRecords), 2);
    say('transaction, one recorded write', await trips(() => writeRecorded(pool)), 2);
    say('readOnce', await trips(() => readOnce(pool, entry, read(idOf(1)))), 1);
    say('step by step', await trips(() => writeStepByStep(plain)));
  } finally {
    await proxy.stop();
  }
}

async function compareReads(report: Report, database: BenchDatabase): Promise<void> {
  report.progress('reads');
  const [pool, plain] = [database.pool(), database.plainPool()];
  let number = 0;
  const nextId = () => idOf((number = (number % 1000) + 1));
  const samples = await takeTurns(
    {
      autocommit: () => send(plain, readPlain(nextId())),
      readOnce: () => readOnce(pool, entry, read(nextId())),
    },
    plan,
  );
  timesOf(report, 'read', samples, ['autocommit', 'readOnce']);
  report.figure('read: readOnce / autocommit', samples.ratio('readOnce', 'autocommit'), '×', goal);
}

async function compareWrites(report: Report, database: BenchDatabase, isDurable: boolean): Promise<void> {
  const what = isDurable ? 'write' : 'write, commit not flushed';
  report.progress(what);
  for (const role of ['app_tenant', 'bench_plain']) {
    await database.admin.query(`alter role ${role} set synchronous_commit = ${isDurable ? 'on' : 'off'}`);
  }
  const [pool, plain] = [database.pool(), database.plainPool()];
  const unpipelined = database.plainPool({ user: 'app_tenant' });
  const samples = await takeTurns(
    {
      autocommit: () => send(plain, written()),
      transaction: () => writeAwaited(pool),
      recorded: () => writeRecorded(pool),
      'one sync': () => writeUnderOneSync(unpipelined),
      'step by step': () => writeStepByStep(unpipelined),
    },
    plan,
  );
  timesOf(report, what, samples, ['autocommit', 'transaction', 'recorded', 'one sync', 'step by step']);
  const ratio = (name: 'transaction' | 'recorded' | 'one sync' | 'step by step', wanted?: typeof goal) =>
    report.figure(`${what}: ${name} / autocommit`, samples.ratio(name, 'autocommit'), '×', wanted);
  ratio('transaction', isDurable ? goal : undefined);
  ratio('recorded', isDurable ? goal : undefined);
  ratio('one sync');
  ratio('step by step');
}

function send(pool: Pool, { text, values }: Statement): Promise<unknown> {
  return pool.query(text, [...values]);
}

function timesOf<Name extends string>(
  report: Report,
  what: string,
  samples: Samples<Name>,
  names: readonly Name[],
): void {
  for (const name of names) {
    report.figure(`${what}: ${name} p50`, samples.p50(name), 'µs');
    report.figure(`${what}: ${name} p95`, samples.p95(name), 'µs');
  }
}
