/** What applying a restore would change, table by table. */
import type { Transaction } from '../contract/context.ts';
import { sql } from '../db/sql.ts';
import { spellOut } from './take.ts';
import type { StagedArchive } from './stage.ts';
import { backupTables } from './tables.ts';

/** A changed row: the texts of its key and of its columns, before and after. */
export type ChangedRow = {
  change: 'added' | 'changed' | 'removed';
  key: string[];
  before: (string | null)[] | null;
  after: (string | null)[] | null;
};

/** What changes in one table; `rows` are the first of them. */
export type TableDifference = {
  added: number;
  changed: number;
  removed: number;
  columns: string[];
  rows: ChangedRow[];
};

/** Somebody from whom something was taken since: they get it back only when they are named. */
export type Returning = { userId: string; role: string; roleNow: string | null };

export type Difference = { tables: Record<string, TableDifference>; returning: Returning[] };

/**
 * What would change if the staged rows became the live ones now.
 * @param shown how many rows of each table are shown with their values
 */
export async function differenceOf(
  tx: Transaction,
  restore: string,
  { tables: staged }: Pick<StagedArchive, 'tables'>,
  shown = 20,
): Promise<Difference> {
  await spellOut(tx);
  const tables: Difference['tables'] = {};
  for (const { name, mode } of await backupTables(tx)) {
    if (mode === 'kept' || !(name in staged)) continue;
    const { found } = await tx.one<{ found: TableDifference }>(
      sql`select app.compare_restore(${restore}, ${name}, ${shown}) as found`,
    );
    tables[name] = found;
  }
  const returning =
    'memberships' in staged
      ? await tx.query<Returning>(
          sql`select user_id as "userId", role, role_now as "roleNow" from app.restore_returning(${restore})`,
        )
      : [];
  return { tables, returning };
}

/** How many rows change in all. */
export function changesIn({ tables }: Pick<Difference, 'tables'>): number {
  return Object.values(tables).reduce(
    (sum, { added, changed, removed }) => sum + added + changed + removed,
    0,
  );
}
