/**
 * Takes a backup of the tenant that a connection has entered: all its rows as they are at one moment, in one stream and
 * in bounded memory. The connection may be to the database itself or to a copy of it.
 */
import { createHash } from 'node:crypto';
import { createZstdCompress } from 'node:zlib';
import type { BulkTransaction } from '../contract/workflow.ts';
import { copyTenantRows } from '../db/copy-lines.ts';
import { sql } from '../db/sql.ts';
import {
  type Archive,
  type ArchivedTable,
  type Contents,
  formatName,
  type Header,
  magic,
  type Prelude,
  type TableEnd,
} from './format.ts';
import { archiveKey, newSalt, sealed } from './seal.ts';
import { type BackupTable, backupTables } from './tables.ts';
import { through } from './through.ts';

/** Whose backup it is; bare UUIDs. */
export type About = { tenant: string; backup: string };

/** Takes the bytes of an archive and resolves when it has kept them. */
export type Sink = (bytes: AsyncIterable<Buffer>) => Promise<void>;

/**
 * Takes a backup.
 * @param source a transaction inside the tenant that sees one moment (`snapshot`), as a login that may read all of it
 * @param secret the deployment's secret, which the archive's key comes from
 */
export async function takeBackup(
  source: BulkTransaction,
  about: About,
  { secret, sink }: { secret: string; sink: Sink },
): Promise<Archive> {
  await spellOut(source);
  const header = await headerOf(source, about);
  const tables = await backupTables(source);
  const salt = newSalt();
  const prelude = preludeOf({ ...about, salt });
  const contents: Contents = [];
  const compressed = through(linesOf(source, header, tables, contents), createZstdCompress());
  const key = archiveKey(secret, { ...about, salt });
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of fileOf(prelude, sealed(compressed, key, prelude))) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  await sink(counted());
  return { header, salt, bytes, sha256: hash.digest('hex'), contents };
}

/** How values are written: the same on every server, whatever its settings are. */
export async function spellOut(source: Pick<BulkTransaction, 'query'>): Promise<void> {
  await source.query(sql`
    select set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
           set_config('IntervalStyle', 'postgres', true), set_config('extra_float_digits', '1', true),
           set_config('bytea_output', 'hex', true), set_config('lc_monetary', 'C', true)`);
}

async function headerOf(source: BulkTransaction, { tenant, backup }: About): Promise<Header> {
  const found = await source.one<{ region: string; version: number; at: string }>(sql`
    select region, app.schema_version() as version, to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
    from app.tenants where id = app.tenant_id() and id = ${tenant}::uuid`);
  return {
    ...{ format: formatName, tenant, backup, region: found.region },
    ...{ schemaVersion: found.version, snapshotAt: found.at },
  } as const;
}

function preludeOf({ tenant, backup, salt }: About & { salt: string }): Buffer {
  const prelude: Prelude = {
    ...{ format: formatName, compression: 'zstd', cipher: 'aes-256-gcm', derivation: 'hkdf-sha256' },
    ...{ salt, tenant, backup },
  };
  return Buffer.from(`${magic}${JSON.stringify(prelude)}\n`);
}

async function* fileOf(prelude: Buffer, frames: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield prelude;
  yield* frames;
}

async function* linesOf(
  source: BulkTransaction,
  header: Header,
  tables: readonly BackupTable[],
  contents: Contents,
): AsyncGenerator<Buffer> {
  yield line(header);
  for (const table of tables) {
    const { name, columns, types, key } = table;
    yield line({ table: name, columns, types, key } satisfies ArchivedTable);
    const end = yield* rowsOf(source, table);
    contents.push(end);
    yield line(end);
  }
  yield line({ contents });
}

/** The rows of a table in the order of its key, as they are and as Postgres writes them. */
async function* rowsOf(source: BulkTransaction, table: BackupTable): AsyncGenerator<Buffer, TableEnd> {
  const hash = createHash('sha256');
  let rows = 0;
  let bytes = 0;
  for await (const chunk of source.copyOut(copyTenantRows(table))) {
    hash.update(chunk);
    bytes += chunk.length;
    rows += linesIn(chunk);
    yield chunk;
  }
  return { end: table.name, rows, bytes, sha256: hash.digest('hex') };
}

function linesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count += 1;
  return count;
}

function line(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
