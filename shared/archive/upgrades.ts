/**
 * What migrations did to rows, so that a backup of an earlier schema fits the present one. A column that is new needs
 * nothing here when it may be null or has a default; what was renamed, dropped or is computed is declared under the
 * number of the migration that did it.
 */
import type { ArchivedRow, ArchivedTable } from './format.ts';

/** A row by the names of its columns. */
export type NamedRow = Readonly<Record<string, string | null>>;

/** What a migration did to one table. */
export type TableUpgrade = {
  renamedTo?: string;
  columns?: {
    /** From the old name to the new one. */
    renamed?: Readonly<Record<string, string>>;
    dropped?: readonly string[];
    /** The texts of columns that follow from the row, by their (new) names. */
    set?: Readonly<Record<string, (row: NamedRow) => string | null>>;
  };
};

/** What a migration did, by the tables' names before it. */
export type Upgrade = Readonly<Record<string, TableUpgrade>>;

/** By the number of the migration; one that is missing left all rows as they were. */
export type Upgrades = Readonly<Record<number, Upgrade>>;

export const upgrades: Upgrades = {};

/** A table as the present schema knows it, and how its rows become that. */
export type Upgraded = {
  name: string;
  columns: string[];
  isChanged: boolean;
  convert: (row: ArchivedRow) => ArchivedRow;
};

/** Brings a table of a backup from the version after which it was taken to the present one. */
export function upgraded(
  { table, columns }: ArchivedTable,
  { from, to, by = upgrades }: { from: number; to: number; by?: Upgrades },
): Upgraded {
  let now: Upgraded = { name: table, columns, isChanged: false, convert: (row) => row };
  for (let version = from + 1; version <= to; version += 1) {
    const step = by[version]?.[now.name];
    if (step !== undefined) now = after(now, step);
  }
  return now;
}

function after(before: Upgraded, { renamedTo, columns = {} }: TableUpgrade): Upgraded {
  const { renamed = {}, dropped = [], set = {} } = columns;
  const kept = before.columns.filter((column) => !dropped.includes(column));
  const named = kept.map((column) => renamed[column] ?? column);
  const names = [...named, ...Object.keys(set).filter((column) => !named.includes(column))];
  return {
    ...{ name: renamedTo ?? before.name, columns: names, isChanged: true },
    convert: (original) => {
      const row = before.convert(original);
      const old = Object.fromEntries(before.columns.map((column, index) => [column, row[index] ?? null]));
      const values: Record<string, string | null> = {};
      for (const column of kept) values[renamed[column] ?? column] = old[column] ?? null;
      for (const [column, value] of Object.entries(set)) values[column] = value(old);
      return names.map((column) => values[column] ?? null);
    },
  };
}
