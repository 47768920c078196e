/**
 * Several statements under one Sync: the server runs them in order and answers all of them at once; when one fails
 * it skips the rest, COMMIT included. pg ends every statement with a Sync of its own, which costs a message and a
 * flush each way. How values are sent, how rows are read and how a call times out is pg's.
 */
import { type Connection as Wire, type PoolClient, Query, type QueryResult } from 'pg';
import pgValues from 'pg/lib/utils.js';
import type { Statement } from '../contract/context.ts';
import { assertWritten } from './sql.ts';

/**
 * Sends statements together and returns the result of each.
 * @param timeoutMs after which the connection is given up; the pool's own limit unless told
 * @throws what the first statement that failed was answered with; nothing is sent when a value cannot be, or when a
 *   statement was not written with the sql tag
 */
export async function sendBurst(
  connection: PoolClient,
  statements: readonly Statement[],
  timeoutMs?: number,
): Promise<QueryResult[]> {
  assertWritten(statements);
  const messages = statements.map(({ text, values }) => ({ text, values: values.map(toWire) }));
  const results = await answers(connection, messages, timeoutMs);
  if (results.length === statements.length) return results;
  throw new Error(`${statements.length} statements were sent and ${results.length} answered`);
}

type Message = { text: string; values: (string | Buffer | null)[] };

function answers(
  connection: PoolClient,
  messages: readonly Message[],
  timeoutMs: number | undefined,
): Promise<QueryResult[]> {
  return new Promise((resolve, reject) => {
    // What pg makes of the answers to one query of several statements: one result after the other.
    const all = new Query({ text: '' }, (error, results: QueryResult | QueryResult[]) => {
      if (!error) return resolve(Array.isArray(results) ? results : [results]);
      // From here the stack leads to whoever sent the statements, and not to the socket.
      Error.captureStackTrace(error);
      reject(error);
    });
    all.submit = (wire) => submit(wire, messages);
    connection.query(timeoutMs === undefined ? all : Object.assign(all, { query_timeout: timeoutMs }));
  });
}

function submit(wire: Wire, messages: readonly Message[]): void {
  const [first, ...more] = messages;
  // By itself and without values, as COMMIT mostly is: one message instead of five.
  if (first !== undefined && first.values.length === 0 && more.length === 0) return wire.query(first.text);
  wire.stream.cork();
  for (const { text, values } of messages) {
    wire.parse({ text, name: '', types: [] }, true);
    wire.bind({ values }, true);
    wire.describe({ type: 'P' }, true);
    wire.execute({}, true);
  }
  wire.sync();
  wire.stream.uncork();
}

function toWire(value: unknown): string | Buffer | null {
  return pgValues.prepareValue(value);
}
