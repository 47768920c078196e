/**
 * A connection of its own for reading or writing much: inside one tenant and under its row level security as every
 * other, but with COPY, which the shared pipelined connections do not speak, and with statements that may take longer
 * than a request may. It is opened for the work and closed with it.
 */
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { DatabaseSettings } from '../config/environment.ts';
import type { Statement } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import type { BulkOptions, BulkTransaction } from '../contract/workflow.ts';
import { copyOut } from './copy-out.ts';
import { connectionOptions, isConnectionError } from './pool.ts';
import { assertWritten } from './sql.ts';
import type { Entry } from './transaction.ts';

/** Longer than a statement may wait for whoever takes its rows. */
const idleSeconds = 120;

/**
 * Runs work in one transaction on a connection of its own; any error rolls back.
 * @param entry with `deadlineMs`, statements are cancelled when it has passed
 * @throws Failure `dependency.unavailable` when the database cannot be reached or breaks off
 */
export async function bulkTransaction<T>(
  database: DatabaseSettings,
  entry: Entry,
  { mode }: BulkOptions,
  work: (bulk: BulkTransaction) => Promise<T>,
): Promise<T> {
  const client = new Client(connectionOptions(database));
  // What breaks is told to the statement under way; an error that nobody listens to would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(mode === 'snapshot' ? 'begin isolation level repeatable read read only' : 'begin');
    await enter(client, entry);
    const result = await work(bulkOn(client));
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back, not committed');
    return result;
  } catch (error) {
    if (isConnectionError(error)) throw fail(problems.unavailable, { cause: error });
    throw error;
  } finally {
    // What is under way is broken off with the connection, and rolled back.
    await client.end().catch(() => undefined);
  }
}

async function enter(client: Client, { tenantId, userId, requestId, deadlineMs }: Entry): Promise<void> {
  const statementMs = deadlineMs === undefined ? null : Math.max(1, deadlineMs - Date.now());
  await client.query('select app.enter($1, $2, $3, $4)', [tenantId, userId, requestId, statementMs]);
  await client.query(`set local idle_in_transaction_session_timeout = '${idleSeconds}s'`);
}

function bulkOn(client: Client): BulkTransaction {
  const query = async <Row>(statement: Statement): Promise<Row[]> => {
    assertWritten([statement]);
    const { rows } = await client.query({ text: statement.text, values: [...statement.values] });
    return rows as Row[];
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
  return {
    ...{ query, maybeOne, one },
    copyOut: (text) => client.query(copyTo(text)),
    copyRows: (text, sink) => client.query(copyOut(text, sink)).done,
    copyIn: (text, rows) => pipeline(rows, client.query(copyFrom(text))),
  };
}
