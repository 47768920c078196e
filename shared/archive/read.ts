/** Reads an archive: opens its frames and hands out its lines one by one, each checked against what it says of itself. */
import { createHash, type Hash } from 'node:crypto';
import { createZstdDecompress } from 'node:zlib';
import {
  ArchiveError,
  type ArchivedRow,
  type ArchivedTable,
  type Contents,
  contentsSchema,
  endSchema,
  type Header,
  headerSchema,
  magic,
  type Prelude,
  preludeSchema,
  rowSchema,
  tableSchema,
  type TableEnd,
} from './format.ts';
import { opened } from './seal.ts';
import { through } from './through.ts';

/** What an archive consists of, in this order: a header, tables with their rows and ends, the contents. */
export type ArchiveRecord =
  | { kind: 'header'; header: Header }
  | { kind: 'table'; table: ArchivedTable }
  | { kind: 'rows'; table: ArchivedTable; rows: readonly string[] }
  | { kind: 'end'; end: TableEnd }
  | { kind: 'contents'; contents: Contents };

/**
 * The records of an archive; rows come in batches, each as the text of its line.
 * @param keyOf gives the key when it is known which archive it is
 * @throws ArchiveError when it is not what it says it is: read to the end before anything is believed
 */
export async function* readArchive(
  file: AsyncIterable<Uint8Array>,
  keyOf: (prelude: Prelude) => Buffer | Promise<Buffer>,
): AsyncGenerator<ArchiveRecord> {
  const { prelude, text, rest } = await preludeIn(file);
  const key = await keyOf(prelude);
  const plain = through(opened(rest, key, text), createZstdDecompress());
  yield* recordsOf(linesOf(plain), prelude);
}

/** The values of a row's line. */
export function valuesOf(line: string): ArchivedRow {
  return rowSchema.parse(JSON.parse(line));
}

async function preludeIn(
  file: AsyncIterable<Uint8Array>,
): Promise<{ prelude: Prelude; text: Buffer; rest: AsyncIterable<Uint8Array> }> {
  const chunks = file[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let end = -1;
  while (end === -1) {
    const { value, done } = (await chunks.next()) as IteratorResult<Uint8Array, undefined>;
    if (done === true || head.length > 10_000) throw new ArchiveError('unreadable', 'This is no backup.');
    head = Buffer.concat([head, value]);
    end = head.indexOf('\n', magic.length);
  }
  const text = head.subarray(0, end + 1);
  if (!text.subarray(0, magic.length).equals(Buffer.from(magic))) {
    throw new ArchiveError('unreadable', 'This is no backup, or one of a format that is not known here.');
  }
  const prelude = parsed(preludeSchema, text.subarray(magic.length).toString());
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    yield head.subarray(end + 1);
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  return { prelude, text, rest: rest() };
}

async function* recordsOf(batches: AsyncIterable<string[]>, prelude: Prelude): AsyncGenerator<ArchiveRecord> {
  let hasHeader = false;
  let counting: Counting | undefined;
  const ends: TableEnd[] = [];
  let contents: Contents | undefined;
  for await (const lines of batches) {
    let rows: string[] = [];
    for (const line of lines) {
      if (contents !== undefined) throw new ArchiveError('unreadable', 'Something follows the contents.');
      if (line.startsWith('[')) {
        if (counting === undefined) throw new ArchiveError('unreadable', 'A row without a table.');
        count(counting, line);
        rows.push(line);
        continue;
      }
      if (rows.length > 0 && counting !== undefined) yield { kind: 'rows', table: counting.table, rows };
      rows = [];
      if (!hasHeader) {
        yield { kind: 'header', header: headerIn(line, prelude) };
        hasHeader = true;
      } else if (line.startsWith('{"table"')) {
        counting = { table: parsed(tableSchema, line), rows: 0, bytes: 0, hash: createHash('sha256') };
        yield { kind: 'table', table: counting.table };
      } else if (line.startsWith('{"end"')) {
        const end = parsed(endSchema, line);
        assertCounted(counting, end);
        ends.push(end);
        counting = undefined;
        yield { kind: 'end', end };
      } else {
        contents = parsed(contentsSchema, line).contents;
      }
    }
    if (rows.length > 0 && counting !== undefined) yield { kind: 'rows', table: counting.table, rows };
  }
  if (contents === undefined) throw new ArchiveError('cut_off', 'The backup has no contents at its end.');
  if (JSON.stringify(contents) !== JSON.stringify(ends)) {
    throw new ArchiveError('unreadable', 'The contents name other tables than there are.');
  }
  yield { kind: 'contents', contents };
}

type Counting = { table: ArchivedTable; rows: number; bytes: number; hash: Hash };

function count(counting: Counting, line: string): void {
  counting.rows += 1;
  counting.bytes += Buffer.byteLength(line) + 1;
  counting.hash.update(line).update('\n');
}

function assertCounted(counting: Counting | undefined, { end, rows, bytes, sha256 }: TableEnd): void {
  const isRight =
    counting?.table.table === end &&
    counting.rows === rows &&
    counting.bytes === bytes &&
    counting.hash.digest('hex') === sha256;
  if (!isRight) throw new ArchiveError('unreadable', `The rows of ${end} are not those that were kept.`);
}

function headerIn(line: string, prelude: Prelude): Header {
  const header = parsed(headerSchema, line);
  if (header.tenant !== prelude.tenant || header.backup !== prelude.backup) {
    throw new ArchiveError('other_tenant', 'The backup is another one than it says outside.');
  }
  return header;
}

function parsed<T>(schema: { parse(value: unknown): T }, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new ArchiveError('unreadable', 'The backup has a line that is not known here.', error);
  }
}

/** Whole lines, in batches as they come. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const last = chunk.lastIndexOf(10);
    if (last === -1) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    const whole = Buffer.concat([rest, chunk.subarray(0, last)]).toString('utf8');
    rest = Buffer.from(chunk.subarray(last + 1));
    yield whole.split('\n');
  }
  if (rest.length > 0) throw new ArchiveError('cut_off', 'The backup ends within a line.');
}
