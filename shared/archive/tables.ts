/** What belongs to a tenant, from the catalogue: every table that says what becomes of it in a restore. */
import type { Transaction } from '../contract/context.ts';
import { sql } from '../db/sql.ts';

/** What a restore does with the rows of a table; docs/backups.md says it in words. */
export type RestoreMode = 'restored' | 'completed' | 'columns' | 'kept';

/** A table whose rows a backup holds. */
export type BackupTable = {
  name: string;
  mode: RestoreMode;
  /** Of the mode `columns`: those that change back. */
  fields: string[] | null;
  why: string;
  columns: string[];
  types: string[];
  key: string[];
  refers_to: string[];
};

/** All of them, each after those that it refers to. */
export async function backupTables(tx: Pick<Transaction, 'query'>): Promise<BackupTable[]> {
  return inOrder(await tx.query<BackupTable>(sql`select * from app.backup_tables()`));
}

/**
 * Each table after those that it refers to.
 * @throws Error where tables refer to each other in a circle
 */
export function inOrder(tables: readonly BackupTable[]): BackupTable[] {
  const waiting = new Map(tables.map((table) => [table.name, table]));
  const ordered: BackupTable[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(
      ({ refers_to }) => !refers_to.some((name) => waiting.has(name)),
    );
    if (ready.length === 0) throw new Error(`tables refer to each other: ${[...waiting.keys()].join(', ')}`);
    for (const table of ready) waiting.delete(table.name);
    ordered.push(...ready);
  }
  return ordered;
}
