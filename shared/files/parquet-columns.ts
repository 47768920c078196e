/** How columns of a report are stored in Parquet: their types, and the plain encoding of one value. */
import type { ParquetType, SchemaElement } from 'hyparquet';
import type { Column } from '../contract/report.ts';
import { ensure, type Output, putByte, putBytes, putUuid } from './output.ts';
import { bigintAt, booleanAt, dateAt, prefixOf, type Row } from './rows.ts';

/** Appends a value to those of its column; there is one. */
export type PutColumn = (out: Output, row: Row, column: number) => void;

type Stored = { type: ParquetType } & Pick<SchemaElement, 'converted_type' | 'logical_type'>;

const text: Stored = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };

const stored: Readonly<Record<Column['type'], Stored>> = {
  text,
  decimal: text,
  id: text,
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } },
  integer: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  timestamp: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
};

export function typeOf({ type }: Column): Stored {
  return stored[type];
}

export function putterOf(column: Column): PutColumn {
  switch (column.type) {
    case 'id':
      return putId(prefixOf(column));
    case 'timestamp':
      return putTimestamp;
    case 'integer':
      return putInteger;
    case 'date':
      return putDate;
    case 'boolean':
      return putBooleans();
    case 'text':
    case 'decimal':
    case 'json':
      return putText;
  }
}

const microsecondsTo2000 = 946_684_800_000_000n;

function putText(out: Output, { bytes, starts, ends }: Row, column: number): void {
  const [from, to] = [starts[column] ?? 0, ends[column] ?? 0];
  ensure(out, to - from + 4);
  out.length = out.buffer.writeUInt32LE(to - from, out.length);
  putBytes(out, bytes, from, to);
}

function putId(prefix: string): PutColumn {
  const head = Buffer.from(prefix, 'latin1');
  return (out, { bytes, starts }, column) => {
    ensure(out, head.length + 40);
    out.length = out.buffer.writeUInt32LE(head.length + 36, out.length);
    putBytes(out, head, 0, head.length);
    putUuid(out, bytes, starts[column] ?? 0);
  };
}

function putTimestamp(out: Output, row: Row, column: number): void {
  ensure(out, 8);
  out.length = out.buffer.writeBigInt64LE(bigintAt(row, column) + microsecondsTo2000, out.length);
}

function putInteger(out: Output, row: Row, column: number): void {
  ensure(out, 8);
  out.length = out.buffer.writeBigInt64LE(bigintAt(row, column), out.length);
}

function putDate(out: Output, row: Row, column: number): void {
  ensure(out, 4);
  out.length = out.buffer.writeInt32LE(dateAt(row, column), out.length);
}

/** Eight to a byte, the first in its lowest bit; begins anew when the column has been written and emptied. */
function putBooleans(): PutColumn {
  let count = 0;
  return (out, row, column) => {
    if (out.length === 0) count = 0;
    const bit = count % 8;
    count += 1;
    if (bit === 0) {
      ensure(out, 1);
      putByte(out, 0);
    }
    if (!booleanAt(row, column)) return;
    out.buffer[out.length - 1] = (out.buffer[out.length - 1] ?? 0) | (1 << bit);
  };
}
