/**
 * The transaction that carries the tenant. BEGIN, `app.enter` and the first statement leave in one round
 * trip; what is recorded at the end leaves together with COMMIT in another. Inside, row level security shows
 * one tenant and nothing else.
 */
import type { Pool, QueryResult } from 'pg';
import type { Statement, Transaction } from '../contract/context.ts';
import { type Connection, withConnection } from './pool.ts';
import { sql } from './sql.ts';

/** Whom the transaction acts for; bare UUIDs. Without a tenant, no tenant's row is visible. */
export type Entry = { tenantId: string | null; userId: string | null; requestId: string };

/** A transaction under way, for the chain: `record` adds statements that leave together with COMMIT. */
export type OpenTransaction = Transaction & { record(statement: Statement): void };

/**
 * Runs work in one transaction entered as told, commits it and returns the result; any error rolls back.
 * @throws Failure `dependency.unavailable` when the database cannot be reached
 */
export function transact<T>(pool: Pool, entry: Entry, work: (tx: OpenTransaction) => Promise<T>): Promise<T> {
  return withConnection(pool, async (connection) => {
    const entered = enter(connection, entry);
    const recorded: Statement[] = [];
    const tx = transactionOn(connection, entered, recorded);
    try {
      const result = await work(tx);
      await entered;
      await commit(connection, recorded);
      return result;
    } catch (error) {
      await connection.query('rollback').catch(() => undefined);
      throw error;
    }
  });
}

/** Runs one statement by itself, without a transaction or a tenant: for the vetted directory functions. */
export async function single<Row>(pool: Pool, statement: Statement): Promise<Row[]> {
  return withConnection(pool, async (connection) => (await send<Row>(connection, statement)).rows);
}

/** Sent and not awaited: the connection is pipelined, so the first statement of the work rides along. */
function enter(connection: Connection, entry: Entry): Promise<unknown> {
  const began = connection.query('begin');
  const entering = send(
    connection,
    sql`select app.enter(${entry.tenantId}::uuid, ${entry.userId}::uuid, ${entry.requestId})`,
  );
  const both = Promise.all([began, entering]);
  // Awaited by the first statement or the commit; until then a failure must not count as unhandled.
  both.catch(() => undefined);
  return both;
}

function transactionOn(
  connection: Connection,
  entered: Promise<unknown>,
  recorded: Statement[],
): OpenTransaction {
  const query = async <Row>(statement: Statement): Promise<Row[]> => {
    const sent = send<Row>(connection, statement);
    sent.catch(() => undefined);
    await entered;
    return (await sent).rows;
  };
  const maybeOne = async <Row>(statement: Statement): Promise<Row | undefined> => {
    const rows = await query<Row>(statement);
    if (rows.length > 1) throw new Error(`expected at most one row, got ${rows.length}`);
    return rows[0];
  };
  return {
    query,
    maybeOne,
    one: async <Row>(statement: Statement) => {
      const row = await maybeOne<Row>(statement);
      if (row === undefined) throw new Error('expected one row, got none');
      return row;
    },
    record: (statement) => void recorded.push(statement),
  };
}

async function commit(connection: Connection, recorded: Statement[]): Promise<void> {
  const sent = recorded.map((statement) => send(connection, statement));
  const [committed, ...outcomes] = await Promise.allSettled([connection.query('commit'), ...sent]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  if (committed.status === 'rejected') throw committed.reason;
  // After a failed statement COMMIT is answered, without an error, by a rollback.
  if (committed.value.command !== 'COMMIT') throw new Error('the transaction was rolled back, not committed');
}

function send<Row>(connection: Connection, statement: Statement): Promise<QueryResult<Row & object>> {
  return connection.query<Row & object>(statement.text, [...statement.values]);
}
