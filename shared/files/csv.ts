/**
 * Comma-separated values (RFC 4180): a header of column names, lines that end in CR LF, UTF-8. Nothing stands where
 * there is no value, and two quotes where a text is empty. A spreadsheet runs none of it: text that begins as a formula
 * does, spaces aside, gets an apostrophe in front; numbers stay numbers.
 */
import type { Columns } from '../contract/report.ts';
import type { Encoder } from './encoder.ts';
import { ensure, type Output, putByte, putBytes, putString } from './output.ts';
import { hasValue, type Row } from './rows.ts';
import { plainValue, type PutValue } from './values.ts';

const [quote, comma, cr, lf, space, apostrophe] = [0x22, 0x2c, 0x0d, 0x0a, 0x20, 0x27];
/** OWASP's list: = + - @ | tab CR. */
const formulaStarts: ReadonlySet<number> = new Set([0x3d, 0x2b, 0x2d, 0x40, 0x7c, 0x09, cr]);

export function csvEncoder(columns: Columns): Encoder {
  const puts = Object.values(columns).map((column) => plainValue(column) ?? putText);
  return {
    resumes: true,
    head: (out) => putString(out, `${Object.keys(columns).join(',')}\r\n`),
    row: (out, row) => putLine(out, row, puts),
    tail: () => undefined,
  };
}

function putLine(out: Output, row: Row, puts: readonly PutValue[]): void {
  for (let column = 0; column < puts.length; column += 1) {
    ensure(out, 3);
    if (column > 0) putByte(out, comma);
    if (hasValue(row, column)) puts[column]?.(out, row, column);
  }
  ensure(out, 2);
  putByte(out, cr);
  putByte(out, lf);
}

function putText(out: Output, { bytes, starts, ends }: Row, column: number): void {
  const [from, to] = [starts[column] ?? 0, ends[column] ?? 0];
  // Each byte is a quote at most, between two quotes and after an apostrophe.
  ensure(out, 2 * (to - from) + 3);
  const isFormula = startsFormula(bytes, from, to);
  if (!needsQuotes(bytes, from, to)) {
    if (isFormula) putByte(out, apostrophe);
    return putBytes(out, bytes, from, to);
  }
  const { buffer } = out;
  let at = out.length;
  buffer[at++] = quote;
  if (isFormula) buffer[at++] = apostrophe;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === quote) buffer[at++] = quote;
    buffer[at++] = byte;
  }
  buffer[at++] = quote;
  out.length = at;
}

function needsQuotes(bytes: Buffer, from: number, to: number): boolean {
  if (from === to || bytes[from] === space || bytes[to - 1] === space) return true;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index];
    if (byte === quote || byte === comma || byte === cr || byte === lf) return true;
  }
  return false;
}

/** Whether a spreadsheet might take the text for a formula: some programs skip blanks before it. */
function startsFormula(bytes: Buffer, from: number, to: number): boolean {
  const first = bytes[from] ?? 0;
  if (first > 0x7c) return startsWithWideFormula(bytes, from, to);
  if (formulaStarts.has(first)) return from < to;
  if (first > space) return false;
  return /^\s*[=+\-@|\t\r\uff1d\uff0b\uff0d\uff20]/.test(bytes.toString('utf8', from, to));
}

/** The same signs as wide as an ideograph, which some spreadsheets read alike; and blanks beyond ASCII. */
function startsWithWideFormula(bytes: Buffer, from: number, to: number): boolean {
  const lead = bytes[from] ?? 0;
  if (lead !== 0xef && lead !== 0xc2 && lead !== 0xe2 && lead !== 0xe3) return false;
  return /^\s*[=+\-@|\t\r\uff1d\uff0b\uff0d\uff20]/.test(
    bytes.toString('utf8', from, Math.min(to, from + 200)),
  );
}
