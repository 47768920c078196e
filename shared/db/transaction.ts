/**
 * The transaction that carries the tenant. BEGIN, `app.enter` and the first statement leave in one round
 * trip; what is recorded at the end leaves together with COMMIT in another. Inside, row level security shows
 * one tenant and nothing else.
 */
import type { Pool, QueryResult } from 'pg';
import type { ClosingTransaction, Statement } from '../contract/context.ts';
import { sendBurst } from './burst.ts';
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
export type OpenTransaction = ClosingTransaction & { record(statement: Statement): void };

/**
 * Runs work in one transaction entered as told, commits it and returns the result; any error rolls back.
 * @throws Failure `dependency.unavailable` when the database cannot be reached or is too busy
 */
export function transact<T>(pool: Pool, entry: Entry, work: (tx: OpenTransaction) => Promise<T>): Promise<T> {
  return withConnection(pool, async (connection) => {
    const line: Line = { connection, deadlineMs: entry.deadlineMs };
    const { tx, begin, end, begun, ending } = openTransaction(line, entry);
    try {
      const result = await work(tx);
      await (ending() ?? commit(line, [...begin(), ...end()]));
      return result;
    } catch (error) {
      end();
      // Where this fails the connection is still inside the transaction, and is closed with it.
      if (begun()) await send(line, [sql`rollback`]).catch(() => undefined);
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
    // Statements under one Sync are one transaction by themselves, without BEGIN and COMMIT: it ends with the
    // Sync, committed when all of them succeeded and rolled back otherwise.
    const [, read] = await send(line, [entering(entry, 'reading'), statement]);
    return (read?.rows ?? []) as Row[];
  });
}

/** A connection, and how long answers on it are waited for. */
type Line = { connection: Connection; deadlineMs: number | undefined };

// The server gives up before we do: what it cancels is rolled back, while a connection that is dropped with
// COMMIT on its way may have committed.
const serverMarginMs = 200;

function entering({ tenantId, userId, requestId, deadlineMs }: Entry, how?: 'reading'): Statement {
  const statementMs = deadlineMs === undefined ? null : Math.max(1, deadlineMs - serverMarginMs - Date.now());
  // Without casts, which would have to be parsed and planned: the function's own types are those of the values.
  return how === 'reading'
    ? sql`select app.enter(${tenantId}, ${userId}, ${requestId}, ${statementMs}, true)`
    : sql`select app.enter(${tenantId}, ${userId}, ${requestId}, ${statementMs})`;
}

/** A transaction, and how it starts and ends; `begin` and `end` give the statements that belong there. */
type Opened = {
  tx: OpenTransaction;
  /** BEGIN and the entry, for the first who asks: they leave together with the first statement. */
  begin: () => readonly Statement[];
  begun: () => boolean;
  /** What was recorded; from then on nothing is taken. */
  end: () => readonly Statement[];
  /** The commit, where a last statement has taken it along. */
  ending: () => Promise<unknown> | undefined;
};

function openTransaction(line: Line, entry: Entry): Opened {
  const recorded: Statement[] = [];
  let entered: Promise<unknown> | undefined;
  let isBegun = false;
  let ended = false;
  const begin = () => {
    if (isBegun) return [];
    isBegun = true;
    return [sql`begin`, entering(entry)];
  };
  const query = async <Row>(statement: Statement): Promise<Row[]> => {
    // The connection serves somebody else next: a late statement would run inside their transaction.
    assertOpen();
    const sent = send(line, [...begin(), statement]);
    // Whoever does not await a statement learns of its failure from the commit.
    sent.catch(() => undefined);
    entered ??= sent;
    await entered;
    return ((await sent).at(-1)?.rows ?? []) as Row[];
  };
  const assertOpen = () => {
    if (ended) throw new Error('the transaction has ended; await every statement inside it');
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
  let ending: Promise<QueryResult[]> | undefined;
  const last = async <Row>(statement: Statement): Promise<Row[]> => {
    assertOpen();
    const before = begin();
    ending = commit(line, [...before, statement, ...end()]);
    return ((await ending)[before.length]?.rows ?? []) as Row[];
  };
  const tx = { query, one, maybeOne, record, last };
  return { tx, begin, begun: () => isBegun, end, ending: () => ending };
}

async function commit(line: Line, statements: readonly Statement[]): Promise<QueryResult[]> {
  const answers = await send(line, [...statements, sql`commit`]);
  // After a failed statement that nobody awaited COMMIT is answered, without an error, by a rollback.
  if (answers.at(-1)?.command !== 'COMMIT') throw new Error('the transaction was rolled back, not committed');
  return answers;
}

function send({ connection, deadlineMs }: Line, statements: readonly Statement[]): Promise<QueryResult[]> {
  const timeoutMs = deadlineMs === undefined ? undefined : Math.max(1, deadlineMs - Date.now());
  return sendBurst(connection, statements, timeoutMs);
}
