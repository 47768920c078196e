/** Connections of one function instance, opened on first use and kept between invocations. */
import { isNativeError } from 'node:util/types';
import type { ClientConfig, PoolClient } from 'pg';
import { Pool } from 'pg';
import { type DatabaseSettings, settings } from '../config/environment.ts';
import { fail, problems } from '../contract/errors.ts';
import { isLoopback } from './loopback.ts';

/** A connection on which statements may be sent without waiting for the one before. */
export type Connection = PoolClient;

let shared: Pool | undefined;

/** The instance's own pool. */
export function pool(): Pool {
  return (shared ??= openPool(settings.database()));
}

/** Closes the instance's pool; tests use it, Lambda never does. */
export async function closePool(): Promise<void> {
  const closing = shared;
  shared = undefined;
  await closing?.end();
}

/** A pool for these settings. Statements are pipelined and never named: RDS Proxy would pin on a name. */
export function openPool(database: DatabaseSettings): Pool {
  const opened = new Pool({
    ...connectionOptions(database),
    max: database.poolSize,
    pipeline: true,
    idleTimeoutMillis: 0,
    // The logins' own settings (roles.sql) time statements out; RDS Proxy refuses start-up options. This is
    // for a database that does not answer at all.
    query_timeout: database.answerTimeoutMs,
  });
  // A connection that breaks is replaced on next use; the error itself goes to the statements under way. The
  // pool listens on idle connections only, and an error that nobody listens to would end the process.
  opened.on('error', () => undefined);
  opened.on('connect', (connection) => connection.on('error', () => undefined));
  return opened;
}

/** How any connection to this database is made. */
export function connectionOptions(database: DatabaseSettings): ClientConfig {
  return {
    host: database.host,
    port: database.port,
    database: database.database,
    user: database.user,
    password: database.password ?? (() => iamToken(database)),
    ssl: isLoopback(database.host) ? false : { rejectUnauthorized: true },
    connectionTimeoutMillis: 1_500,
    keepAlive: true,
  };
}

/**
 * Runs work on a connection. One that is broken, or still inside a transaction, is closed instead of reused.
 * @throws Failure `dependency.unavailable` when the database cannot be reached or is too busy
 */
export async function withConnection<T>(
  from: Pool,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(from);
  let broken = false;
  try {
    return await work(connection);
  } catch (error) {
    broken = isConnectionError(error);
    if (broken || isBusy(error)) throw fail(problems.unavailable, { cause: error });
    throw error;
  } finally {
    connection.release(broken || connection.getTransactionStatus() !== 'I');
  }
}

async function connect(from: Pool): Promise<Connection> {
  try {
    return await from.connect();
  } catch (error) {
    throw fail(problems.unavailable, { cause: error });
  }
}

/** Whether an error means that the connection, not the statement, failed. */
export function isConnectionError(error: unknown): error is Error {
  if (!isNativeError(error)) return false;
  // 25P0x: the session was ended for idling; PLN01: it kept a tenant from before, so nobody may use it again.
  const lost = /^(08|57P0|53|25P0[345]|PLN01|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/.test(codeOf(error));
  return (
    lost || /Connection terminated|is not queryable|Query read timeout|timeout exceeded/.test(error.message)
  );
}

/** Timed out or chosen as the victim of a deadlock: the same call may succeed in a moment. */
function isBusy(error: unknown): boolean {
  return isNativeError(error) && /^(57014|55P03|40001|40P01)$/.test(codeOf(error));
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** IAM database authentication: a signed token of 15 minutes instead of a password. */
async function iamToken(database: DatabaseSettings): Promise<string> {
  const { Signer } = await import('@aws-sdk/rds-signer');
  const signer = new Signer({
    hostname: database.host,
    port: database.port,
    username: database.user,
    region: database.region,
  });
  return signer.getAuthToken();
}
