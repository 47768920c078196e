/**
 * Several statements under one Sync: the server runs them in order and answers all of them at once; when one fails
 * it skips the rest, COMMIT included. pg ends every statement with a Sync of its own, which costs a message and a
 * flush each way. Everything else here is pg's: how values are sent, how rows are read, how a call times out.
 */
import { type Connection as Wire, type PoolClient, Query, type QueryResult } from 'pg';
import type { Statement } from '../contract/context.ts';

/**
 * Sends statements together and returns the result of each.
 * @param timeoutMs after which the connection is given up; the pool's own limit unless told
 * @throws what the first statement that failed was answered with
 */
export async function sendBurst(
  connection: PoolClient,
  statements: readonly Statement[],
  timeoutMs?: number,
): Promise<QueryResult[]> {
  const results = await answers(connection, statements, timeoutMs);
  if (results.length === statements.length) return results;
  throw new Error(`${statements.length} statements were sent and ${results.length} answered`);
}

function answers(
  connection: PoolClient,
  statements: readonly Statement[],
  timeoutMs: number | undefined,
): Promise<QueryResult[]> {
  return new Promise((resolve, reject) => {
    let unsendable: Error | undefined;
    // What pg makes of the answers to one query of several statements: one result after the other.
    const all = new Query({ text: '' }, (error, results: QueryResult | QueryResult[]) => {
      const failure = unsendable ?? error;
      if (!failure) return resolve([results].flat());
      // From here the stack leads to whoever sent the statements, and not to the socket.
      Error.captureStackTrace(failure);
      reject(failure);
    });
    all.submit = (wire) => {
      unsendable = submit(wire, statements);
    };
    connection.query(timeoutMs === undefined ? all : Object.assign(all, { query_timeout: timeoutMs }));
  });
}

/** Writes all statements and one Sync; returns why one of them could not be sent. */
function submit(wire: Wire, statements: readonly Statement[]): Error | undefined {
  const unsynced = Object.create(wire, { sync: { value: () => undefined } }) as Wire;
  let unsendable: Error | undefined;
  wire.stream.cork();
  for (const { text, values } of statements) {
    const config = { text, values: [...values], queryMode: 'extended' };
    new Query(config, (error) => (unsendable = error)).submit(unsynced);
    if (unsendable !== undefined) break;
  }
  // What was sent before it must not be kept: this is no SQL, so the server rolls back.
  if (unsendable !== undefined) wire.parse({ text: 'unsendable', name: '', types: [] }, true);
  wire.sync();
  wire.stream.uncork();
  return unsendable;
}
