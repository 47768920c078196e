/**
 * The rows of a report as COPY sends them, in its binary form: values by length, so nothing of them is searched for an
 * end, and the server spends little on writing them. How each format writes a value stands with the format.
 */
import type { Column, Columns, ColumnType, ReportType } from '../contract/report.ts';
import { writtenBy } from '../contract/report.ts';
import type { Statement } from '../contract/context.ts';
import { idPrefixes } from '../contract/ids.ts';
import { literalText } from '../db/literal.ts';

/** Which rows: what a query gave for its parameters. */
export type RowSource = {
  report: ReportType;
  query: Statement;
  /** Only rows that this snapshot shows (`pg_current_snapshot()` as text); for append-only reports. */
  visibleIn?: string | undefined;
};

/** The values of a row's order columns, as Postgres reads them. */
export type RowKey = readonly string[];

/** A row: where each of its values lies. Reused for the next one. */
export type Row = {
  bytes: Buffer;
  /** By column; -1 where there is no value. */
  starts: Int32Array;
  ends: Int32Array;
};

/**
 * The statement for all rows, or those after a key, in the report's order.
 * @throws TypeError for a key or a snapshot that the report cannot go by
 */
export function copyText(source: RowSource, after?: RowKey): string {
  const { report, visibleIn } = source;
  const { columns, order } = report;
  if (!report.appendOnly && (after ?? visibleIn) !== undefined) {
    throw new TypeError(`report ${report.id} does not go on after a row: rows of it may change`);
  }
  const values = Object.entries(columns).map(([name, column]) => `${asSent[column.type](`r.${name}`)}`);
  const conditions = [
    ...(after === undefined ? [] : [afterKey(report, after)]),
    ...(visibleIn === undefined
      ? []
      : [`app.was_visible(r.${writtenBy}, ${quoted(visibleIn)}::pg_snapshot)`]),
  ];
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const sorted = order.map((name) => `r.${name}`).join(', ');
  const rows = `select ${values.join(', ')} from (${literalText(source.query)}) r${where} order by ${sorted}`;
  return `copy (${rows}) to stdout (format binary)`;
}

/** How a column is selected so that its binary form is the one that `Row` promises. */
const asSent: Readonly<Record<ColumnType, (value: string) => string>> = {
  text: (value) => `${value}::text`,
  integer: (value) => `${value}::int8`,
  decimal: (value) => `${value}::numeric::text`,
  boolean: (value) => `${value}::boolean`,
  timestamp: (value) => `${value}::timestamptz`,
  date: (value) => `${value}::date`,
  id: (value) => `${value}::uuid`,
  json: (value) => `${value}::jsonb::text`,
};

const keyTypes: Readonly<Partial<Record<ColumnType, string>>> = {
  integer: 'int8',
  timestamp: 'timestamptz',
  date: 'date',
  id: 'uuid',
};

function afterKey({ order, columns }: ReportType, key: RowKey): string {
  const values = order.map((name, index) => {
    const [value, type] = [key[index], keyTypes[columns[name]?.type ?? 'text']];
    if (value === undefined || type === undefined) throw new TypeError(`no key value for ${name}`);
    return `${quoted(value)}::${type}`;
  });
  return `(${order.map((name) => `r.${name}`).join(', ')}) > (${values.join(', ')})`;
}

// Keys and snapshots are digits, letters and a few signs; what is not, is not ours.
function quoted(text: string): string {
  if (!/^[\w:.,+ -]*$/.test(text)) throw new TypeError('no key');
  return `'${text}'`;
}

/** What files write before the uuid of an id. */
export function prefixOf({ of }: Extract<Column, { type: 'id' }>): string {
  return of === null ? '' : `${idPrefixes[of]}_`;
}

/** An empty row for these columns. */
export function newRow(columns: Columns): Row {
  const count = Object.keys(columns).length;
  return { bytes: Buffer.alloc(0), starts: new Int32Array(count), ends: new Int32Array(count) };
}

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** Signature, flags, and the length of an extension that is empty. */
const preambleBytes = signature.length + 8;

/**
 * Finds the values of one message of a COPY in binary form.
 * @returns false for the preamble and the end, which are no rows
 * @throws Error when the message has another number of values
 */
export function readRow(row: Row, bytes: Buffer, from: number, to: number): boolean {
  const { starts, ends } = row;
  let at = from;
  // The preamble comes with the first row, and alone where there is none.
  if (bytes[at] === signature[0]) at += preambleBytes;
  if (at >= to) return false;
  const count = bytes.readInt16BE(at);
  if (count === -1) return false;
  if (count !== starts.length) throw new Error(`expected ${starts.length} values in a row, got ${count}`);
  at += 2;
  row.bytes = bytes;
  for (let column = 0; column < count; column += 1) {
    const length = bytes.readInt32BE(at);
    at += 4;
    starts[column] = length < 0 ? -1 : at;
    if (length > 0) at += length;
    ends[column] = at;
  }
  return true;
}

/** Whether the row has a value there. */
export function hasValue(row: Row, column: number): boolean {
  return (row.starts[column] ?? -1) >= 0;
}

export function textAt({ bytes, starts, ends }: Row, column: number): string {
  return bytes.toString('utf8', starts[column], ends[column]);
}

/** Microseconds since 2000, as a number: exact for 285 years around. */
export function integerAt({ bytes, starts }: Row, column: number): number {
  const at = starts[column] ?? 0;
  return bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4);
}

export function bigintAt({ bytes, starts }: Row, column: number): bigint {
  return bytes.readBigInt64BE(starts[column] ?? 0);
}

export function booleanAt({ bytes, starts }: Row, column: number): boolean {
  return bytes[starts[column] ?? 0] === 1;
}

const microsecondsOfDay = 86_400_000_000;
const dayOf2000 = 10_957;

/** Days since 1970 and the microseconds of the day. */
export function timestampAt(row: Row, column: number): { day: number; microseconds: number } {
  const since2000 = integerAt(row, column);
  const day = Math.floor(since2000 / microsecondsOfDay);
  return { day: day + dayOf2000, microseconds: since2000 - day * microsecondsOfDay };
}

/** Days since 1970. */
export function dateAt({ bytes, starts }: Row, column: number): number {
  return bytes.readInt32BE(starts[column] ?? 0) + dayOf2000;
}

export function uuidAt({ bytes, starts }: Row, column: number): string {
  const at = starts[column] ?? 0;
  const hex = bytes.toString('hex', at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Year, month and day of a day since 1970: `2026-11-21`. */
export function dateText(day: number): string {
  const time = new Date(day * 86_400_000);
  // Years that JavaScript writes with a sign and six digits, and that Postgres has as well, are nobody's.
  return time.toISOString().slice(0, -14);
}

/** Seconds with all six digits: `2026-11-21T12:00:00.123456Z`. */
export function timestampText({ day, microseconds }: { day: number; microseconds: number }): string {
  const seconds = Math.floor(microseconds / 1_000_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${dateText(day)}T${time}.${String(microseconds % 1_000_000).padStart(6, '0')}Z`;
}

/** The key of a row of the report, to go on after. */
export function keyOf(report: ReportType, row: Row): RowKey {
  const names = Object.keys(report.columns);
  return report.order.map((name) => valueText(report.columns[name], row, names.indexOf(name)));
}

function valueText(column: Column | undefined, row: Row, index: number): string {
  if (column?.type === 'timestamp') return timestampText(timestampAt(row, index));
  if (column?.type === 'date') return dateText(dateAt(row, index));
  if (column?.type === 'id') return uuidAt(row, index);
  return column?.type === 'integer' ? String(bigintAt(row, index)) : textAt(row, index);
}
