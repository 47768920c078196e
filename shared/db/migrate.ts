/**
 * Brings a database to the current schema: roles first, then every numbered migration that is missing, in
 * order, each in its own transaction as `app_migrator`. Safe to run twice and at the same time.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';

/** A migration file: `0007_name.sql`. */
type Migration = { version: number; name: string; text: string; checksum: string };

const folder = new URL('./', import.meta.url);

/**
 * Applies what is missing and returns the names of what was applied.
 * @param administrator a connected, ordinary (not pipelined) client that may create roles
 * @throws Error when an applied migration has been edited since
 */
export async function migrate(administrator: Client): Promise<string[]> {
  await administrator.query('select pg_advisory_lock(726381)');
  try {
    await createRoles(administrator);
    await administrator.query('set role app_migrator');
    const done = await applied(administrator);
    const missing = (await migrations()).filter((migration) => isMissing(migration, done));
    for (const migration of missing) await apply(administrator, migration);
    return missing.map((migration) => migration.name);
  } finally {
    // A connection that was lost has lost both, and must not hide why.
    await administrator.query('reset role; select pg_advisory_unlock(726381)').catch(() => undefined);
  }
}

/** All migrations in the order of their numbers; two with one number are an error. */
export async function migrations(): Promise<Migration[]> {
  const files = (await readdir(new URL('migrations/', folder)))
    .filter((file) => file.endsWith('.sql'))
    .sort();
  const read = await Promise.all(
    files.map(async (name) => {
      const text = await readFile(new URL(`migrations/${name}`, folder), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { version: Number(name.slice(0, 4)), name, text, checksum };
    }),
  );
  const gap = read.find((migration, index) => migration.version !== index + 1);
  if (gap !== undefined)
    throw new Error(`Migration ${gap.name} is out of order: numbers count up without gaps.`);
  return read;
}

/** Roles belong to the whole server, so another database may be creating the same ones at this moment. */
async function createRoles(administrator: Client): Promise<void> {
  const text = await readFile(new URL('roles.sql', folder), 'utf8');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await administrator.query(text);
      return;
    } catch (error) {
      if (attempt === 20 || !isCollision(error)) throw error;
      await setTimeout(Math.random() * 100);
    }
  }
}

function isCollision(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return ['42710', '23505'].includes(String(error.code)) || /tuple concurrently/.test(error.message);
}

async function applied(administrator: Client): Promise<Map<number, string>> {
  await administrator.query('create schema if not exists migration');
  await administrator.query(
    `create table if not exists migration.applied (
       version integer primary key, name text not null, checksum text not null,
       applied_at timestamptz not null default now())`,
  );
  const { rows } = await administrator.query<{ version: number; checksum: string }>(
    'select version, checksum from migration.applied',
  );
  return new Map(rows.map((row) => [row.version, row.checksum]));
}

function isMissing(migration: Migration, done: Map<number, string>): boolean {
  const checksum = done.get(migration.version);
  if (checksum !== undefined && checksum !== migration.checksum) {
    throw new Error(
      `Migration ${migration.name} was edited after it had been applied; add a new one instead.`,
    );
  }
  return checksum === undefined;
}

async function apply(administrator: Client, migration: Migration): Promise<void> {
  await administrator.query('begin');
  try {
    // A change that cannot have its lock fails the deployment instead of stopping every request behind it.
    await administrator.query(`set local lock_timeout = '10s'`);
    await administrator.query(migration.text);
    await administrator.query('set local role app_migrator');
    await administrator.query('insert into migration.applied (version, name, checksum) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await administrator.query('commit');
  } catch (error) {
    await administrator.query('rollback').catch(() => undefined);
    throw new Error(`Migration ${migration.name} failed.`, { cause: error });
  }
}
