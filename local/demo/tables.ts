/** Rows of demo data on their way into the database, as its administrator: no request could make the past. */
import type pg from 'pg';

/** A row by its columns, as JSON has them. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows by the table that they belong to; tables in an order in which each finds what it refers to. */
export type Tables = Map<string, Row[]>;

/** Adds rows to a table; all rows of a table have the same columns. */
export function addRows(tables: Tables, table: string, rows: readonly Row[]): void {
  tables.set(table, [...(tables.get(table) ?? []), ...rows]);
}

/** Writes all rows; those that are there stay as they are. */
export async function writeTables(client: pg.Client, tables: Tables): Promise<void> {
  for (const [table, rows] of tables) {
    const [first] = rows;
    if (first === undefined) continue;
    const columns = Object.keys(first).join(', ');
    await client.query(
      `insert into app.${table} (${columns})
       select ${columns} from jsonb_populate_recordset(null::app.${table}, $1::jsonb)
       on conflict do nothing`,
      [JSON.stringify(rows)],
    );
  }
}
