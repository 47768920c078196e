/**
 * Whether staged rows can become the live ones: all there, byte by byte those of the backup, of a schema that is known
 * here, and leading nowhere that does not exist. Each rule finds something that would otherwise break while it is
 * applied, or worse, after.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Transaction } from '../contract/context.ts';
import type { BulkTransaction } from '../contract/workflow.ts';
import { asLines } from '../db/copy-lines.ts';
import { sql } from '../db/sql.ts';
import type { StagedArchive, StagedTable } from './stage.ts';
import { type BackupTable, backupTables } from './tables.ts';

/** The rules, by the names under which they complain. */
export type Check =
  'schema_version' | 'tables' | 'columns' | 'counts' | 'hashes' | 'references' | 'values' | 'owner';

/** What is wrong. */
export type Finding = { check: Check; table?: string; detail: string };

/** Everything that is wrong with what was staged for a restore; nothing when it can be applied. */
export async function verifyStaged(
  bulk: BulkTransaction,
  restore: string,
  staged: StagedArchive,
): Promise<Finding[]> {
  const { version } = await bulk.one<{ version: number }>(sql`select app.schema_version() as version`);
  const { schemaVersion } = staged.header;
  if (schemaVersion > version) {
    const detail = `The backup is of schema ${schemaVersion}, and here is ${version}.`;
    return [{ check: 'schema_version', detail }];
  }
  const live = new Map((await backupTables(bulk)).map((table) => [table.name, table]));
  const shapes = await shapeFindings(bulk, staged, live);
  // What has another shape cannot be read as what it is.
  if (shapes.length > 0) return shapes;
  const findings: Finding[] = [];
  for (const [table, expected] of Object.entries(staged.tables)) {
    findings.push(...(await rowFindings(bulk, restore, table, expected)));
  }
  if (findings.length > 0) return findings;
  for (const table of Object.keys(staged.tables)) {
    findings.push(...(await valueFindings(bulk, restore, table)));
  }
  findings.push(...(await ownerFindings(bulk, restore, staged)));
  return findings;
}

async function shapeFindings(
  tx: Transaction,
  { tables, contents }: StagedArchive,
  live: ReadonlyMap<string, BackupTable>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (contents.length === 0) findings.push({ check: 'tables', detail: 'The backup holds no tables.' });
  for (const [table, { columns }] of Object.entries(tables)) {
    const known = live.get(table);
    if (known === undefined) {
      findings.push({
        check: 'tables',
        table,
        detail: 'There is no such table; an upgrade is not declared.',
      });
      continue;
    }
    const unknown = columns.filter((column) => !known.columns.includes(column));
    if (unknown.length > 0) {
      findings.push({ check: 'columns', table, detail: `There is no column ${unknown.join(', ')}.` });
    }
    const missing = (await neededColumns(tx, table)).filter((column) => !columns.includes(column));
    if (missing.length > 0) {
      findings.push({ check: 'columns', table, detail: `The backup has no ${missing.join(', ')}.` });
    }
  }
  return findings;
}

async function neededColumns(tx: Transaction, table: string): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(sql`
    select a.attname::text as name from pg_attribute a
    where a.attrelid = format('app.%I', ${table}::text)::regclass and a.attnum > 0 and not a.attisdropped
      and a.attnotnull and not a.atthasdef and a.attgenerated = ''`);
  return rows.map(({ name }) => name);
}

/** Staged rows are read back, so that what is applied is known to be what was kept. */
async function rowFindings(
  bulk: BulkTransaction,
  restore: string,
  table: string,
  { rows, sha256 }: StagedTable,
): Promise<Finding[]> {
  const hash = createHash('sha256');
  let found = 0;
  for await (const line of stagedLines(bulk, restore, table)) {
    found += 1;
    if (sha256 !== null) hash.update(JSON.stringify(JSON.parse(line))).update('\n');
  }
  if (found !== rows) {
    return [{ check: 'counts', table, detail: `${found} rows are staged of ${rows}.` }];
  }
  if (sha256 === null || hash.digest('hex') === sha256) return [];
  return [{ check: 'hashes', table, detail: 'The staged rows are not those of the backup.' }];
}

async function* stagedLines(bulk: BulkTransaction, restore: string, table: string): AsyncGenerator<string> {
  // A UUID and the name of a table of the catalogue: neither can hold a quote.
  if (!/^[0-9a-f-]{36}$/.test(restore) || !/^[a-z_0-9]+$/.test(table)) throw new Error('not a staged table');
  const out = bulk.copyOut(
    `copy (select row from app.restore_rows where restore_id = '${restore}' and table_name = '${table}'
           order by ordinal) ${asLines}`,
  );
  let rest = '';
  for await (const chunk of Readable.from(out).setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

async function valueFindings(tx: Transaction, restore: string, table: string): Promise<Finding[]> {
  try {
    await tx.query(sql`savepoint reading`);
    const broken = await tx.query<{ reference: string; broken: string }>(
      sql`select * from app.restore_breaks(${restore}, ${table})`,
    );
    await tx.query(sql`select app.read_staged(${restore}, ${table})`);
    await tx.query(sql`release savepoint reading`);
    return broken.map(({ reference, broken: count }) => ({
      ...{ check: 'references' as const, table, detail: `${count} rows break ${reference}.` },
    }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // A text that its column's type does not know; anything else is not about the rows.
    if (!code.startsWith('22')) throw error;
    await tx.query(sql`rollback to savepoint reading`);
    return [{ check: 'values', table, detail: 'A value does not fit its column.' }];
  }
}

/** A tenant that nobody owns could not be helped by anybody in it. */
async function ownerFindings(
  tx: Transaction,
  restore: string,
  { tables }: StagedArchive,
): Promise<Finding[]> {
  const columns = tables.memberships?.columns ?? [];
  const [role, person] = [columns.indexOf('role'), columns.indexOf('user_id')];
  if (columns.length === 0) return [];
  const { owned } = await tx.one<{ owned: boolean }>(sql`
    select exists (
      select from app.restore_rows s
      where s.restore_id = ${restore} and s.table_name = 'memberships' and s.row ->> ${role}::integer = 'owner'
        and exists (select from app.known_people(array[(s.row ->> ${person}::integer)::uuid]))) as owned`);
  return owned ? [] : [{ check: 'owner', table: 'memberships', detail: 'Nobody would own the tenant.' }];
}
