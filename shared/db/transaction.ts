/**
 * The transaction that carries the tenant. BEGIN, `app.enter` and the first statement leave in one round
 * trip; what is recorded at the end leaves together with COMMIT in another. Inside, row level security shows
 * one tenant and nothing else.
 */
import type { Pool, QueryConfig, QueryResult } from 'pg';
import type { Statement, Transaction } from '../contract/context.ts';
import { type Connection, withConnection } from './pool.ts';
import { sql } from './sql.ts';

/** Whom the transaction acts for; bare UUIDs. Without a tenant, no tenant's row is visible. */
export type Entry = {
  tenantId: string | null;
  userId: string | null;
  requestId: string;
  /**
   * When an answer is of no use any more, in epoch milliseconds. A statement that runs into it is cancelled by
   * the server, and given up here when the server is silent. Without it, the login's own timeout holds.
   */
  deadlineMs?: number;
};

/** A transaction under way, for the chain: `record` adds statements that leave together with COMMIT. */
export type OpenTransaction = Transaction & { record(statement: Statement): void };

/**
 * Runs work in one transaction entered as told, commits it and returns the result; any error rolls back.
 * @throws Failure `dependency.unavailable` when the database cannot be reached or is too busy
 */
export function transact<T>(pool: Pool, entry: Entry, work: (tx: OpenTransaction) => Promise<T>): Promise<T> {
  return withConnection(pool, async (connection) => {
    const line: Line = { connection, deadlineMs: entry.deadlineMs };
    const entered = enter(line, entry);
    const { tx, end } = openTransaction(line, entered);
    try {
      const result = await work(tx);
      const recorded = end();
      await entered;
      await commit(line, recorded);
      return result;
    } catch (error) {
      end();
      // Where this fails the connection is still inside the transaction, and is closed with it.
      await send(line, sql`rollback`).catch(() => undefined);
      throw error;
    }
  });
}

/**
 * Runs one reading statement entered as told and returns its rows: all of the transaction in one round trip.
 * @throws Failure `dependency.unavailable` when the database cannot be reached or is too busy
 */
export function readOnce<Row>(pool: Pool, entry: Entry, statement: Statement): Promise<Row[]> {
  return withConnection(pool, async (connection) => {
    const line: Line = { connection, deadlineMs: entry.deadlineMs };
    const began = send(line, sql`begin read only`);
    const entered = send(line, entering(entry));
    const read = send<Row>(line, statement);
    // Whatever fails, COMMIT ends the transaction, and the first error is the one that says why.
    const answers = await Promise.allSettled([began, entered, read, send(line, sql`commit`)]);
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    return (await read).rows;
  });
}

/** Runs one statement by itself, without a tenant: for system jobs, which have a login of their own. */
export function single<Row>(pool: Pool, statement: Statement): Promise<Row[]> {
  return withConnection(pool, async (connection) => {
    const { rows } = await send<Row>({ connection, deadlineMs: undefined }, statement);
    return rows;
  });
}

/** A connection, and how long answers on it are waited for. */
type Line = { connection: Connection; deadlineMs: number | undefined };

// The server gives up before we do: what it cancels is rolled back, while a connection that is dropped with
// COMMIT on its way may have committed.
const serverMarginMs = 200;

function entering({ tenantId, userId, requestId, deadlineMs }: Entry): Statement {
  const context = sql`${tenantId}::uuid, ${userId}::uuid, ${requestId}`;
  if (deadlineMs === undefined) return sql`select app.enter(${context})`;
  const statementMs = Math.max(1, deadlineMs - serverMarginMs - Date.now());
  return sql`select app.enter(${context}, ${statementMs}::integer)`;
}

/** Sent and not awaited: the connection is pipelined, so the first statement of the work rides along. */
function enter(line: Line, entry: Entry): Promise<unknown> {
  const both = Promise.all([send(line, sql`begin`), send(line, entering(entry))]);
  // Awaited by the first statement or the commit; until then a failure must not count as unhandled.
  both.catch(() => undefined);
  return both;
}

/** The transaction, and how to end it: `end` returns what was recorded, and from then on nothing is taken. */
function openTransaction(
  line: Line,
  entered: Promise<unknown>,
): { tx: OpenTransaction; end: () => readonly Statement[] } {
  const recorded: Statement[] = [];
  let ended = false;
  // The connection serves somebody else next: a late statement would run inside their transaction.
  const assertOpen = () => {
    if (ended) throw new Error('the transaction has ended; await every statement inside it');
  };
  const query = async <Row>(statement: Statement): Promise<Row[]> => {
    assertOpen();
    const sent = send<Row>(line, statement);
    sent.catch(() => undefined);
    await entered;
    return (await sent).rows;
  };
  const maybeOne = async <Row>(statement: Statement): Promise<Row | undefined> => {
    const rows = await query<Row>(statement);
    if (rows.length > 1) throw new Error(`expected at most one row, got ${rows.length}`);
    return rows[0];
  };
  const one = async <Row>(statement: Statement): Promise<Row> => {
    const row = await maybeOne<Row>(statement);
    if (row === undefined) throw new Error('expected one row, got none');
    return row;
  };
  const record = (statement: Statement): void => {
    assertOpen();
    recorded.push(statement);
  };
  const end = () => {
    ended = true;
    return recorded;
  };
  return { tx: { query, one, maybeOne, record }, end };
}

async function commit(line: Line, recorded: readonly Statement[]): Promise<void> {
  const sent = recorded.map((statement) => send(line, statement));
  const committing = send(line, sql`commit`);
  // In the order they were sent, so that the first error, which says why, is the one that is thrown.
  const outcomes = await Promise.allSettled([...sent, committing]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  const { command } = await committing;
  // After a failed statement COMMIT is answered, without an error, by a rollback.
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back, not committed');
}

function send<Row>(
  { connection, deadlineMs }: Line,
  statement: Statement,
): Promise<QueryResult<Row & object>> {
  const query: QueryConfig & { query_timeout?: number } = {
    text: statement.text,
    values: [...statement.values],
    ...(deadlineMs === undefined ? {} : { query_timeout: Math.max(1, deadlineMs - Date.now()) }),
  };
  return connection.query<Row & object>(query);
}
