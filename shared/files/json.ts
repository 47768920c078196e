/**
 * JSON: `{"meta":…,"rows":[…]}`, a row on each line. `meta` says what it is, whose, for what and of when. Numbers with
 * a fraction are texts, so that no reader rounds them; times are in UTC.
 */
import type { Columns } from '../contract/report.ts';
import type { Encoder } from './encoder.ts';
import type { FileHead } from './head.ts';
import { ensure, type Output, putByte, putBytes, putString } from './output.ts';
import { hasValue, type Row } from './rows.ts';
import { plainValue, putRaw, type PutValue } from './values.ts';

const [quote, backslash, comma, lineFeed, closing] = [0x22, 0x5c, 0x2c, 0x0a, 0x7d];
const nothing = Buffer.from('null');

export function jsonEncoder(columns: Columns, head: FileHead): Encoder {
  const fields = Object.entries(columns).map(([name, column], index) => ({
    key: Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`),
    put: column.type === 'json' ? putRaw : putsOf(column.type, plainValue(column)),
  }));
  return {
    resumes: true,
    head: (out) => putString(out, `{"meta":${JSON.stringify(head)},"rows":[`),
    row: (out, row, index) => {
      ensure(out, 3);
      if (index > 0) putByte(out, comma);
      putByte(out, lineFeed);
      for (let column = 0; column < fields.length; column += 1) putField(out, row, column, fields[column]);
      ensure(out, 1);
      putByte(out, closing);
    },
    tail: (out) => putString(out, '\n]}\n'),
  };
}

type Field = { key: Buffer; put: PutValue };

function putField(out: Output, row: Row, column: number, field: Field | undefined): void {
  if (field === undefined) return;
  ensure(out, field.key.length + 4);
  putBytes(out, field.key, 0, field.key.length);
  if (hasValue(row, column)) field.put(out, row, column);
  else putBytes(out, nothing, 0, nothing.length);
}

function putsOf(type: string, plain: PutValue | undefined): PutValue {
  if (plain === undefined) return putText;
  if (type === 'integer' || type === 'boolean') return plain;
  return (out, row, column) => {
    ensure(out, 1);
    putByte(out, quote);
    plain(out, row, column);
    ensure(out, 1);
    putByte(out, quote);
  };
}

function putText(out: Output, { bytes, starts, ends }: Row, column: number): void {
  const [from, to] = [starts[column] ?? 0, ends[column] ?? 0];
  // Six bytes for a control character.
  ensure(out, 6 * (to - from) + 2);
  const { buffer } = out;
  let at = out.length;
  buffer[at++] = quote;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === quote || byte === backslash) buffer[at++] = backslash;
    if (byte >= 0x20) buffer[at++] = byte;
    else at += buffer.write(`\\u00${byte.toString(16).padStart(2, '0')}`, at, 'latin1');
  }
  buffer[at++] = quote;
  out.length = at;
}
