/**
 * Rehearses a restore (BKP-3) in a scratch tenant: a backup is staged, verified and applied by the very functions that a
 * restore uses. Then what stands in the tables is read as a backup would read it, and must be the backup again.
 */
import { randomUUID } from 'node:crypto';
import { applyStaged, lockTenant, NotRestored } from '../archive/apply.ts';
import { ArchiveError, type ArchivedTable, type Contents } from '../archive/format.ts';
import type { ArchiveRecord } from '../archive/read.ts';
import { type StagedArchive, stageArchive } from '../archive/stage.ts';
import { backupTables } from '../archive/tables.ts';
import { spellOut } from '../archive/take.ts';
import { verifyStaged } from '../archive/verify.ts';
import type { BulkTransaction } from '../contract/workflow.ts';
import { sql } from '../db/sql.ts';
import { hashOf } from './hash-rows.ts';
import { intoTenant, type Seen } from './into-tenant.ts';

/** What a rehearsal came to; without findings it passed. */
export type Rehearsal = {
  schemaVersion: number;
  tables: number;
  rows: number;
  bytes: number;
  /** What is wrong, each in words that stay the same. */
  findings: string[];
};

type Places = { scratch: string; tenant: string };

/**
 * @param bulk inside a scratch tenant, as `app_restore`
 * @param places the scratch tenant, and the tenant whose backup it is; bare UUIDs
 * @param records of the backup, as they were kept
 */
export async function rehearse(
  bulk: BulkTransaction,
  places: Places,
  records: AsyncIterable<ArchiveRecord>,
): Promise<Rehearsal> {
  const restore = randomUUID();
  const seen: Seen = { findings: new Set(), people: new Set() };
  const kept: Kept = { tables: new Map(), contents: [] };
  try {
    await spellOut(bulk);
    await bulk.query(sql`select app.open_scratch_restore(${restore})`);
    const staged = await stageArchive(bulk, restore, intoTenant(noted(records, kept), places, seen));
    await bulk.query(sql`select app.readmit_to_scratch(${restore}, ${[...seen.people]}::uuid[])`);
    const found = await verifyStaged(bulk, restore, staged);
    const findings = [
      ...seen.findings,
      ...found.map(({ check, table }) => (table === undefined ? check : `${check}: ${table}`)),
    ];
    // What is broken already is not applied: the first error would hide what else is wrong.
    if (findings.length > 0) return cameTo(staged, kept, findings);
    await lockTenant(bulk, staged);
    await applyStaged(bulk, restore, staged);
    return cameTo(staged, kept, await readBack(bulk, restore, places, kept));
  } catch (error) {
    const finding = findingOf(error);
    if (finding === undefined) throw error;
    return cameTo(undefined, kept, [...seen.findings, finding]);
  }
}

/** The tables and ends of a backup before anything in it was changed. */
type Kept = { tables: Map<string, ArchivedTable>; contents: Contents };

async function* noted(records: AsyncIterable<ArchiveRecord>, kept: Kept): AsyncGenerator<ArchiveRecord> {
  for await (const record of records) {
    if (record.kind === 'table') kept.tables.set(record.table.table, record.table);
    if (record.kind === 'end') kept.contents.push(record.end);
    yield record;
  }
}

/** A backup that cannot be read or does not come back is what a rehearsal is for; anything else is tried again. */
function findingOf(error: unknown): string | undefined {
  if (error instanceof ArchiveError) return `archive: ${error.what}`;
  if (error instanceof NotRestored) return 'not_restored';
  return undefined;
}

async function readBack(
  bulk: BulkTransaction,
  restore: string,
  places: Places,
  { tables, contents }: Kept,
): Promise<string[]> {
  const whole = (await backupTables(bulk)).filter(({ mode }) => mode === 'restored' || mode === 'completed');
  const findings: string[] = [];
  for (const { name } of whole) {
    const [table, end] = [tables.get(name), contents.find((one) => one.end === name)];
    if (table === undefined || end === undefined) continue;
    const found = await hashOf(bulk, table, places.tenant);
    const gone = name === 'memberships' ? await goneFrom(bulk, restore) : 0;
    if (found.rows !== end.rows - gone) findings.push(`count: ${name}`);
    else if (gone === 0 && found.sha256 !== end.sha256) findings.push(`hash: ${name}`);
  }
  return findings;
}

/** People are not the tenant's: who is gone from the platform does not come back as a member. */
async function goneFrom(bulk: BulkTransaction, restore: string): Promise<number> {
  const { gone } = await bulk.one<{ gone: number }>(sql`
    select cardinality(readmitted) - (select count(*)::integer from app.known_people(readmitted)) as gone
    from app.restores where id = ${restore}`);
  return gone;
}

function cameTo(staged: StagedArchive | undefined, { contents }: Kept, findings: string[]): Rehearsal {
  const sum = (of: (end: Contents[number]) => number) => contents.reduce((total, end) => total + of(end), 0);
  return {
    schemaVersion: staged?.header.schemaVersion ?? 0,
    tables: contents.length,
    rows: sum(({ rows }) => rows),
    bytes: sum(({ bytes }) => bytes),
    findings,
  };
}
