/**
 * The database of the local stack: an embedded native PostgreSQL, because isolation and concurrency are only
 * worth testing when they are real, or the server that DATABASE_URL names.
 */
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Running } from '#local/parts/contract.ts';
import { freePort } from '#local/ports.ts';
import { partFolder } from '#local/state.ts';
import { asAdministrator } from './administrator.ts';
import { type Binaries, binariesFor } from './binaries.ts';
import { keepLog } from './change-log.ts';
import { adminUser, ensureCluster } from './cluster.ts';
import { ensureFollower } from './follower.ts';
import { type Home, openHome } from './home.ts';
import { stopLeftover } from './leftover.ts';
import { startServer } from './server.ts';

export type Postgres = Running & {
  /** True when DATABASE_URL names the server: nothing was started and `stop` does nothing. */
  external: boolean;
  host: string;
  port: number;
  database: string;
  adminUser: string;
  adminPassword: string;
  adminUrl: string;
  /** What a copy of it is made from and with; undefined where no log is kept. */
  copiedFrom: { home: Home; binaries: Binaries; settings: Record<string, string> } | undefined;
};

export type PostgresOptions = {
  state: string;
  /** Preferred port; the next free one is taken when it is in use, and 0 means any. */
  port: number;
  log: (line: string) => void;
  /** Settings beyond the usual ones; tests trade durability for speed. */
  settings?: Record<string, string>;
  /** Keeps a continuous log beside the data, from which copies at a point in time are made. */
  keepsLog?: boolean;
  /** Follows this one, and only reads, until it is promoted. */
  follows?: Postgres | undefined;
};

/** Starts the embedded server, or reaches the one that DATABASE_URL names. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const url = process.env.DATABASE_URL;
  return url ? externalPostgres(url) : startEmbedded(options);
}

/** Starts the embedded server whatever DATABASE_URL says. The database `plinth` exists afterwards. */
export async function startEmbedded({
  state,
  port: preferred,
  log,
  settings,
  keepsLog = false,
  follows,
}: PostgresOptions): Promise<Postgres> {
  const home = await openHome(state);
  const binaries = await binariesFor(home.account);
  await stopLeftover(home.data, binaries.pgCtl);
  const adminPassword =
    follows === undefined
      ? await ensureCluster(home, binaries, state)
      : await ensureFollower(home, state, follows);
  const { port, taken } = await freePort(preferred);
  if (taken) log(`Port ${preferred} is in use; PostgreSQL listens on ${port}.`);
  const logFile = openLog(state);
  const server = await startServer({
    home,
    binaries,
    port,
    settings: { ...laptopSettings, ...settings, ...(keepsLog ? await keepLog(home) : {}) },
    logFile,
    onLost: (how) => log(`PostgreSQL stopped unexpectedly (${how}); see ${logFile}`),
  });
  const host = '127.0.0.1';
  const database = 'plinth';
  const urlOf = (name: string) => `postgresql://${adminUser}:${adminPassword}@${host}:${port}/${name}`;
  try {
    if (follows === undefined) await createDatabaseOnce(urlOf('postgres'), database);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const facts = {
    external: false,
    host,
    port,
    database,
    adminUser,
    adminPassword,
    adminUrl: urlOf(database),
    copiedFrom: keepsLog ? { home, binaries, settings: { ...laptopSettings, ...settings } } : undefined,
  };
  return { ...facts, stop: () => server.stop() };
}

/** Loopback only, no sockets on disk, durable: a killed laptop loses nothing that was committed. */
const laptopSettings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'on',
  log_statement: 'none',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** The log grows slowly, but for ever; an old one is emptied when it is large. */
function openLog(state: string): string {
  const logFile = join(partFolder(state, 'logs'), 'postgres.log');
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 10_000_000) truncateSync(logFile);
  return logFile;
}

async function createDatabaseOnce(url: string, name: string): Promise<void> {
  await asAdministrator(url, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  });
}

async function externalPostgres(url: string): Promise<Postgres> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || String(cause) : String(cause);
    throw new Error(`DATABASE_URL is set, but its server cannot be used: ${why}`, { cause });
  }
  const { host, port, user } = client;
  const database = client.database ?? '';
  const adminPassword = client.password ?? '';
  await client.end();
  const facts = { host, port, database, adminUser: user ?? '', adminPassword, adminUrl: url };
  return { external: true, copiedFrom: undefined, ...facts, stop: async () => undefined };
}
