/** Values that are written alike in every text format: identifiers, times, numbers. */
import type { Column } from '../contract/report.ts';
import { ensure, type Output, putByte, putBytes, putDigits, putString, putUuid } from './output.ts';
import { bigintAt, booleanAt, dateAt, dateText, integerAt, prefixOf, type Row } from './rows.ts';

/** Writes the value of one column of a row; there is one. */
export type PutValue = (out: Output, row: Row, column: number) => void;

/** How a column is written where its text needs no care; undefined for text and JSON, which do. */
export function plainValue(column: Column): PutValue | undefined {
  switch (column.type) {
    case 'id':
      return putId(prefixOf(column));
    case 'timestamp':
      return putTimestamp();
    case 'date':
      return putDate();
    case 'integer':
      return putInteger;
    case 'decimal':
      return putRaw;
    case 'boolean':
      return (out, row, index) => putString(out, String(booleanAt(row, index)));
    case 'text':
    case 'json':
      return undefined;
  }
}

/** The value's own bytes. */
export function putRaw(out: Output, { bytes, starts, ends }: Row, column: number): void {
  const [from, to] = [starts[column] ?? 0, ends[column] ?? 0];
  ensure(out, to - from);
  putBytes(out, bytes, from, to);
}

function putId(prefix: string): PutValue {
  const head = Buffer.from(prefix, 'latin1');
  return (out, { bytes, starts }, column) => {
    ensure(out, head.length + 36);
    putBytes(out, head, 0, head.length);
    putUuid(out, bytes, starts[column] ?? 0);
  };
}

function putDate(): PutValue {
  const putDay = dayWriter();
  return (out, row, column) => {
    ensure(out, 16);
    putDay(out, dateAt(row, column));
  };
}

const usOfDay = 86_400_000_000;
const dayOf2000 = 10_957;

/** ISO 8601 in UTC, with all six digits of the second. */
function putTimestamp(): PutValue {
  const putDay = dayWriter();
  return (out, row, column) => {
    ensure(out, 40);
    const since2000 = integerAt(row, column);
    const day = Math.floor(since2000 / usOfDay);
    const us = since2000 - day * usOfDay;
    const seconds = Math.floor(us / 1_000_000);
    putDay(out, day + dayOf2000);
    putByte(out, 0x54);
    putDigits(out, Math.floor(seconds / 3600), 2);
    putByte(out, 0x3a);
    putDigits(out, Math.floor(seconds / 60) % 60, 2);
    putByte(out, 0x3a);
    putDigits(out, seconds % 60, 2);
    putByte(out, 0x2e);
    putDigits(out, us - seconds * 1_000_000, 6);
    putByte(out, 0x5a);
  };
}

/** Rows come in order of time, mostly: a day is put into words once. */
function dayWriter(): (out: Output, day: number) => void {
  let [known, text] = [Number.NaN, Buffer.alloc(0)];
  return (out, day) => {
    if (day !== known) [known, text] = [day, Buffer.from(dateText(day), 'latin1')];
    putBytes(out, text, 0, text.length);
  };
}

function putInteger(out: Output, row: Row, column: number): void {
  const value = integerAt(row, column);
  putString(out, Number.isSafeInteger(value) ? String(value) : String(bigintAt(row, column)));
}
