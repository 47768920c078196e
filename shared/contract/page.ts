/** Lists are paged with opaque cursors: 20 rows by default, at most 100 (API-1). */
import * as z from 'zod';
import { fail, problems } from './errors.ts';

/** The query parameters of every list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Rows a page'),
  cursor: z.string().max(500).optional().describe('nextCursor of the page before'),
});

/** The output of a list of such items. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Absent on the last page'),
  });
}

/**
 * Cuts a result that was read with one row more than asked into a page.
 * @param keyOf the sort key of a row, which the cursor carries
 */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => string[],
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: more ? encodeCursor(keyOf(last)) : null };
}

/** The opaque cursor of a sort key. */
export function encodeCursor(key: string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

// As app.exact_time writes it; Postgres knows neither the year 0 nor every zone that ISO 8601 allows.
const timestamp = z.iso.datetime().refine((text) => !text.startsWith('0000'));
const timeKey = z.tuple([timestamp, z.guid()]);

/**
 * The sort key `[timestamp, uuid]` of a cursor, or nulls for the first page. A made-up cursor is the
 * caller's mistake, answered with 400.
 */
export function timeCursor(cursor: string | undefined): { at: string | null; id: string | null } {
  const [at, id] = cursorKey(cursor, timeKey) ?? [null, null];
  return { at, id };
}

/** The sort key of a cursor, or undefined for the first page; of any made-up cursor as `timeCursor`. */
export function cursorKey<Key extends z.ZodType>(
  cursor: string | undefined,
  schema: Key,
): z.output<Key> | undefined {
  if (cursor === undefined) return undefined;
  const key = schema.safeParse(parseJson(cursor));
  if (!key.success) {
    throw fail(problems.invalidInput, { errors: [{ path: 'query.cursor', message: 'is not a cursor' }] });
  }
  return key.data;
}

function parseJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
