/**
 * What the tenant transaction costs: its round trips, counted by a proxy that holds answers back, and its time
 * against one plain statement that commits itself, with the tenant written into it and no policy.
 *
 * All of them run on one connection, which is another role for the baseline: two connections are two processes of
 * the server, and on which core each happens to wake decides more than what they do. A loopback hides the trips, so
 * a second ratio puts back the half millisecond that each costs between a function and its database.
 */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Statement } from '#shared/contract/context.ts';
import { sendBurst } from '#shared/db/burst.ts';
import { sql } from '#shared/db/sql.ts';
import { type Entry, readOnce, transact } from '#shared/db/transaction.ts';
import type { Report } from '#test/battery/figures.ts';
import { startProxy } from '#test/shared/db/proxy.ts';
import { type BenchDatabase, startBenchDatabase } from './support/database.ts';
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
      '"entry alone" is app.enter as a statement of its own; "statement under the policy" the same statement with ' +
        'row level security and no transaction around it. What is left of a read is these two: parsing and ' +
        'planning two statements instead of one, which names would save and RDS Proxy pins on. A write that is ' +
        'awaited pays a second exchange for its COMMIT.',
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
/** One write that is all the transaction does, and its result. */
const writeLast = (pool: Pool) => transact(pool, entry, (tx) => tx.last(written()));
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

/** Statements under one Sync, and nothing else of the kernel. */
async function burst(pool: Pool, statements: readonly Statement[]): Promise<void> {
  const connection = await pool.connect();
  await sendBurst(connection, statements);
  connection.release();
}

const enter = () => sql`select app.enter(${tenant}, ${entry.userId}, ${entry.requestId}, ${null})`;

/** The baseline is another role of the same connection: one that no policy binds. */
const inRole = (pool: Pool) => ({
  before: (name: string) => (name === 'autocommit' ? pool.query('set role bench_plain') : Promise.resolve()),
  after: (name: string) => (name === 'autocommit' ? pool.query('reset role') : Promise.resolve()),
});

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
    say('transaction, one statement', await trips(() => writeLast(pool)), 1);
    say('transaction, one recorded write', await trips(() => writeRecorded(pool)), 1);
    say('readOnce', await trips(() => readOnce(pool, entry, read(idOf(1)))), 1);
    say('step by step', await trips(() => writeStepByStep(plain)));
  } finally {
    await proxy.stop();
  }
}

async function compareReads(report: Report, database: BenchDatabase): Promise<void> {
  report.progress('reads');
  const pool = database.pool();
  let number = 0;
  const nextId = () => idOf((number = (number % 1000) + 1));
  const samples = await takeTurns(
    {
      autocommit: () => send(pool, readPlain(nextId())),
      readOnce: () => readOnce(pool, entry, read(nextId())),
      'entry alone': () => burst(pool, [enter()]),
      'statement under the policy': () => burst(pool, [readPlain(nextId())]),
      'begin, entry, read, commit': () => burst(pool, [sql`begin`, enter(), read(nextId()), sql`commit`]),
    },
    { ...plan, ...inRole(pool) },
  );
  timesOf(report, 'read', samples, [
    'autocommit',
    'readOnce',
    'entry alone',
    'statement under the policy',
    'begin, entry, read, commit',
  ]);
  ratiosOf(report, 'read', samples, 'readOnce', 1, goal);
}

async function compareWrites(report: Report, database: BenchDatabase, isDurable: boolean): Promise<void> {
  const what = isDurable ? 'write' : 'write, commit not flushed';
  report.progress(what);
  const pool = database.pool();
  // For the session and not the role: both roles are of one connection.
  await pool.query(`set synchronous_commit = ${isDurable ? 'on' : 'off'}`);
  const samples = await takeTurns(
    {
      autocommit: () => send(pool, written()),
      transaction: () => writeAwaited(pool),
      'one statement': () => writeLast(pool),
      recorded: () => writeRecorded(pool),
      'step by step': () => writeStepByStep(pool),
    },
    { ...plan, ...inRole(pool) },
  );
  timesOf(report, what, samples, ['autocommit', 'transaction', 'one statement', 'recorded', 'step by step']);
  const wanted = isDurable ? goal : undefined;
  ratiosOf(report, what, samples, 'transaction', 2, wanted);
  ratiosOf(report, what, samples, 'one statement', 1, wanted);
  ratiosOf(report, what, samples, 'recorded', 1, wanted);
  ratiosOf(report, what, samples, 'step by step', 4);
}

/** What a round trip takes between a function and its database in the same region. */
const tripUs = 500;

function ratiosOf<Name extends string>(
  report: Report,
  what: string,
  samples: Samples<Name | 'autocommit'>,
  name: Name,
  trips: number,
  wanted?: typeof goal,
): void {
  const ratio = samples.ratio(name, 'autocommit');
  report.figure(`${what}: ${name} / autocommit`, ratio, '×', wanted);
  const far = (samples.p50(name) + trips * tripUs) / (samples.p50('autocommit') + tripUs);
  report.figure(`${what}: ${name} / autocommit, 0.5 ms a trip (computed)`, far, '×');
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
