/** Connections of one function instance, opened on first use and kept between invocations. */
import type { Client, PoolClient } from 'pg';
import { Pool } from 'pg';
import { type DatabaseSettings, settings } from '../config/environment.ts';
import { fail, problems } from '../contract/errors.ts';

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
    host: database.host,
    port: database.port,
    database: database.database,
    user: database.user,
    password: database.password ?? (() => iamToken(database)),
    ssl: isLoopback(database.host) ? false : { rejectUnauthorized: true },
    max: database.poolSize,
    pipeline: true,
    connectionTimeoutMillis: 2_500,
    idleTimeoutMillis: 0,
    keepAlive: true,
    options: `-c statement_timeout=${database.statementTimeoutMs} -c idle_in_transaction_session_timeout=30000`,
  } as ConstructorParameters<typeof Pool>[0] & { pipeline: boolean });
  // An idle connection that breaks is replaced on next use; the error itself has no request to go to.
  opened.on('error', () => undefined);
  return opened;
}

/**
 * Runs work on a connection; a broken one is closed instead of being reused.
 * @throws Failure `dependency.unavailable` when the database cannot be reached
 */
export async function withConnection<T>(
  from: Pool,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(from);
  let broken: Error | undefined;
  try {
    return await work(connection);
  } catch (error) {
    if (isConnectionError(error)) {
      broken = error;
      throw fail(problems.unavailable, { cause: error });
    }
    throw error;
  } finally {
    connection.release(broken);
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
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const lost = /^(08|57P0|53)/.test(code) || /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/.test(code);
  return lost || /Connection terminated|timeout exceeded when trying to connect/.test(error.message);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1';
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

export type { Client };
