/**
 * Parquet: row groups of a fixed number of rows, each column of a group one page, compressed with Zstandard, which Node
 * brings along. Rows go from what the server sent straight into their columns, as bytes; hyparquet-writer, which wants
 * an array of values for each column, writes the headers of pages and the footer. Ids are texts with their prefix and
 * decimals texts with all their digits, as in the other formats; times are in microseconds of UTC.
 */
import { constants, zstdCompressSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import * as z from 'zod';
import type { Column, Columns } from '../contract/report.ts';
import type { Encoder } from './encoder.ts';
import type { FileHead } from './head.ts';
import { ensure, newOutput, type Output, putBytes, written } from './output.ts';
import { hasValue, type Row } from './rows.ts';
import { type PutColumn, putterOf, typeOf } from './parquet-columns.ts';

/** Rows of a group: 10 MB of an audit trail, before it is compressed. */
const groupRows = 20_000;

/** What the footer says of the groups that were written; offsets follow from the sizes. */
const groupSchema = z.object({
  rows: z.int(),
  columns: z.array(z.object({ stored: z.int(), plain: z.int() })),
});
const stateSchema = z.object({ groups: z.array(groupSchema) });

type Group = z.output<typeof groupSchema>;

const magic = Buffer.from('PAR1', 'latin1');

/** @param state what the encoder said at the cut that is gone on after */
export function parquetEncoder(columns: Columns, head: FileHead, state?: unknown): Encoder {
  const groups: Group[] = state === undefined ? [] : [...stateSchema.parse(state).groups];
  const chunks = Object.values(columns).map(newChunk);
  let held = 0;
  const flush = (out: Output): void => {
    if (held === 0) return;
    groups.push({ rows: held, columns: chunks.map((chunk) => writeChunk(out, chunk, held)) });
    held = 0;
  };
  return {
    resumes: true,
    head: (out) => append(out, magic),
    row: (out, row) => {
      for (let index = 0; index < chunks.length; index += 1) addTo(chunks[index], row, index, held);
      held += 1;
      if (held < groupRows) return false;
      flush(out);
      return true;
    },
    tail: (out, rows) => {
      flush(out);
      append(out, footer(columns, head, groups, rows));
      append(out, magic);
    },
    state: () => ({ groups: [...groups] }),
  };
}

/** The values of one column of a group, as the page has them. */
type Chunk = { put: PutColumn; present: Uint8Array; missing: number; values: Output };

function newChunk(column: Column): Chunk {
  return {
    put: putterOf(column),
    present: new Uint8Array(groupRows),
    missing: 0,
    values: newOutput(groupRows * 8),
  };
}

function addTo(chunk: Chunk | undefined, row: Row, index: number, at: number): void {
  if (chunk === undefined) return;
  const isThere = hasValue(row, index);
  chunk.present[at] = isThere ? 1 : 0;
  if (isThere) chunk.put(chunk.values, row, index);
  else chunk.missing += 1;
}

/** Writes a column's only page and empties the chunk. */
function writeChunk(out: Output, chunk: Chunk, rows: number): Group['columns'][number] {
  const levels = definitionLevels(chunk, rows);
  const plain = written(chunk.values);
  const values = plain.length === 0 ? plain : compressed(plain);
  const header = new ByteWriter();
  writePageHeader(header, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels.length + plain.length,
    compressed_page_size: levels.length + values.length,
    data_page_header_v2: {
      ...{ num_values: rows, num_nulls: chunk.missing, num_rows: rows, encoding: 'PLAIN' },
      ...{ definition_levels_byte_length: levels.length, repetition_levels_byte_length: 0 },
      is_compressed: plain.length > 0,
    },
  });
  const headed = Buffer.from(header.getBytes());
  for (const bytes of [headed, levels, values]) append(out, bytes);
  const sizes = {
    stored: headed.length + levels.length + values.length,
    plain: headed.length + levels.length + plain.length,
  };
  [chunk.missing, chunk.values.length] = [0, 0];
  return sizes;
}

function compressed(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** Which values are there: one run where all or none are, else a bit for each, in Parquet's hybrid encoding. */
function definitionLevels({ present, missing }: Chunk, rows: number): Buffer {
  if (missing === 0 || missing === rows) return Buffer.from([...varint(rows * 2), missing === 0 ? 1 : 0]);
  const count = Math.ceil(rows / 8);
  const bits = Buffer.alloc(count);
  for (let index = 0; index < rows; index += 1) {
    if (present[index] === 1) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return Buffer.concat([Buffer.from(varint(count * 2 + 1)), bits]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function footer(columns: Columns, head: FileHead, groups: readonly Group[], rows: number): Buffer {
  const entries = Object.entries(columns);
  let offset = magic.length;
  const rowGroups = groups.map((group) => ({
    columns: group.columns.map(({ stored, plain }, index) => {
      const [name, column] = entries[index] ?? [];
      if (name === undefined || column === undefined) throw new Error('a group of other columns');
      const at = BigInt(offset);
      offset += stored;
      return {
        file_offset: at,
        meta_data: {
          ...{
            type: typeOf(column).type,
            encodings: ['PLAIN' as const, 'RLE' as const],
            path_in_schema: [name],
          },
          ...{ codec: 'ZSTD' as const, num_values: BigInt(group.rows), data_page_offset: at },
          ...{ total_compressed_size: BigInt(stored), total_uncompressed_size: BigInt(plain) },
        },
      };
    }),
    num_rows: BigInt(group.rows),
    total_byte_size: group.columns.reduce((sum, { plain }) => sum + BigInt(plain), 0n),
    total_compressed_size: group.columns.reduce((sum, { stored }) => sum + BigInt(stored), 0n),
  }));
  const writer = new ByteWriter();
  writeMetadata(writer, {
    ...{ version: 2, created_by: 'plinth', num_rows: BigInt(rows), row_groups: rowGroups },
    schema: schemaOf(entries),
    key_value_metadata: [{ key: 'plinth', value: JSON.stringify(head) }],
    // Of reading alone; what is written is counted.
    metadata_length: 0,
  });
  return Buffer.from(writer.getBytes());
}

function schemaOf(entries: readonly (readonly [string, Column])[]): SchemaElement[] {
  const leaves = entries.map(([name, column]) => ({
    ...{ name, repetition_type: 'OPTIONAL' as const },
    ...typeOf(column),
  }));
  return [{ name: 'root', num_children: leaves.length }, ...leaves];
}

function append(out: Output, bytes: Buffer): void {
  ensure(out, bytes.length);
  putBytes(out, bytes, 0, bytes.length);
}
