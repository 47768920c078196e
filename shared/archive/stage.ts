/**
 * Puts the rows of a backup beside the live ones, where nobody but a restore sees them. All in the one transaction it is
 * given: after a crash there is nothing, and the next attempt begins anew.
 */
import type { Transaction } from '../contract/context.ts';
import { sql } from '../db/sql.ts';
import { ArchiveError, type Contents, type Header } from './format.ts';
import { type ArchiveRecord, valuesOf } from './read.ts';
import { backupTables } from './tables.ts';
import { type Upgraded, upgraded, type Upgrades } from './upgrades.ts';

/** What an archive said of itself, and under which names its rows are staged; it stands with the restore. */
export type StagedArchive = {
  header: Header;
  contents: Contents;
  tables: Record<string, StagedTable>;
};

/** A staged table; its hash is that of the archive unless its rows had to be upgraded. */
export type StagedTable = { columns: string[]; rows: number; sha256: string | null };

/** About as many characters of rows in one statement. */
const batchCharacters = 1_000_000;

/**
 * Stages an archive for a restore; what was staged for it before is replaced. Tables of which nothing is ever restored
 * are read, to know that the archive is whole, and not staged.
 * @param restore a bare UUID
 * @throws ArchiveError when the archive is not sound, `other_tenant` when it is not this tenant's
 */
export async function stageArchive(
  tx: Transaction,
  restore: string,
  records: AsyncIterable<ArchiveRecord>,
  by?: Upgrades,
): Promise<StagedArchive> {
  const { tenant, version } = await tx.one<{ tenant: string; version: number }>(
    sql`select app.tenant_id() as tenant, app.schema_version() as version`,
  );
  const kept = new Set(
    (await backupTables(tx)).filter(({ mode }) => mode === 'kept').map(({ name }) => name),
  );
  await tx.query(sql`delete from app.restore_rows where restore_id = ${restore}`);
  const tables: Record<string, StagedTable> = {};
  let header: Header | undefined;
  let contents: Contents = [];
  let writing: Writing | undefined;
  for await (const record of records) {
    if (record.kind === 'header') {
      header = record.header;
      if (header.tenant !== tenant) {
        throw new ArchiveError('other_tenant', 'The backup is another tenant’s.');
      }
    } else if (record.kind === 'table') {
      const from = header?.schemaVersion ?? version;
      const table = upgraded(record.table, { from, to: version, ...(by === undefined ? {} : { by }) });
      writing = kept.has(table.name) ? undefined : newWriting(tx, restore, table);
    } else if (record.kind === 'rows') {
      await writing?.add(record.rows);
    } else if (record.kind === 'end') {
      await writing?.end();
      if (writing !== undefined) {
        const { name, columns, isChanged } = writing.table;
        tables[name] = { columns, rows: record.end.rows, sha256: isChanged ? null : record.end.sha256 };
      }
      writing = undefined;
    } else {
      contents = record.contents;
    }
  }
  if (header === undefined) throw new ArchiveError('unreadable', 'The backup has no header.');
  const staged = { header, contents, tables };
  await tx.query(sql`update app.restores set archive = ${staged} where id = ${restore}`);
  return staged;
}

/** Removes what was staged. */
export async function unstage(tx: Pick<Transaction, 'query'>, restore: string): Promise<void> {
  await tx.query(sql`delete from app.restore_rows where restore_id = ${restore}`);
}

type Writing = {
  table: Upgraded;
  add(lines: readonly string[]): Promise<void>;
  end(): Promise<void>;
};

function newWriting(tx: Transaction, restore: string, table: Upgraded): Writing {
  let waiting: string[] = [];
  let characters = 0;
  let written = 0;
  const write = async () => {
    if (waiting.length === 0) return;
    await tx.query(sql`
      insert into app.restore_rows (tenant_id, restore_id, table_name, ordinal, row)
      select app.tenant_id(), ${restore}, ${table.name}, ${written}::bigint + line.place, line.text::jsonb
      from unnest(${waiting}::text[]) with ordinality as line (text, place)`);
    written += waiting.length;
    waiting = [];
    characters = 0;
  };
  return {
    table,
    add: async (lines) => {
      for (const line of lines) {
        const text = table.isChanged ? JSON.stringify(table.convert(valuesOf(line))) : line;
        waiting.push(text);
        characters += text.length;
        if (characters >= batchCharacters) await write();
      }
    },
    end: write,
  };
}
