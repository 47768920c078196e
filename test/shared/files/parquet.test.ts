/** Parquet files, read back with a reader that is not ours. */
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import {
  asServer,
  type FileStage,
  head,
  snapshotOf,
  startFileStage,
  things,
  thingsQuery,
  writeFile,
} from './report-rows.ts';

let stage: FileStage;

beforeAll(async () => {
  stage = await startFileStage();
});
afterAll(() => stage.stop());

type Read = Record<string, unknown> & { at: Date; day: Date | null; facts: unknown };

async function read(bytes: Buffer): Promise<Record<string, unknown>[]> {
  const file = new Uint8Array(bytes).buffer;
  const rows = (await parquetReadObjects({
    file,
    compressors: { ZSTD: (input) => new Uint8Array(zstdDecompressSync(input)) },
  })) as Read[];
  return rows.map(({ day, ...row }) => ({ ...row, day: day?.toISOString().slice(0, 10) ?? null }));
}

/** What the reader should find: it gives times to the millisecond. */
async function told(): Promise<Record<string, unknown>[]> {
  const rows = await asServer(stage.kernel.admin, stage.mine.tenantId);
  return rows.map((row) => ({
    ...row,
    at: new Date(row.at),
    count: row.count === null ? null : BigInt(row.count),
  }));
}

describe('[EXP-1] a Parquet file', () => {
  beforeAll(async () => {
    const texts = ['', 'Zoë 日本 🎈', 'x'.repeat(100_000), '=1+1'];
    await stage.add(stage.mine, 40, (n) => ({
      name: texts[n % 5] ?? null,
      open: n % 3 === 0 ? null : n % 2 === 0,
      count: n === 1 ? '-9223372036854775808' : String(n),
      amount: n === 2 ? '-123456789012345678901234567890.123456789' : null,
      day: n % 2 === 0 ? '1969-12-31' : null,
      facts: n % 4 === 0 ? { n } : null,
    }));
    await stage.add(stage.theirs, 5);
  });

  test('holds the server’s own values, and says what it is about', async () => {
    const { bytes } = await stage.inside(stage.mine, (bulk) => writeFile(bulk, 'parquet'));
    expect(await read(bytes)).toEqual(await told());
    const { key_value_metadata: notes } = parquetMetadata(new Uint8Array(bytes).buffer);
    expect(JSON.parse(notes?.find(({ key }) => key === 'plinth')?.value ?? '')).toEqual(head);
  });

  test('[TEN-5] holds rows of its tenant alone', async () => {
    const { bytes, parts } = await stage.inside(stage.theirs, (bulk) => writeFile(bulk, 'parquet'));
    expect(await read(bytes)).toHaveLength(5);
    expect(parts.map(({ rows }) => rows)).toEqual([5]);
  });

  test('of no rows can be read', async () => {
    const source = { report: things, query: thingsQuery, visibleIn: '1:1:' };
    const { bytes } = await stage.inside(stage.mine, (bulk) => writeFile(bulk, 'parquet', { source }));
    expect(await read(bytes)).toEqual([]);
  });
});

test('[EXP-1] a Parquet file that was broken off goes on behind a group and has the same bytes', async () => {
  await stage.kernel.admin.query('truncate app.things');
  await stage.add(stage.mine, 50_500, (n) => ({ facts: null, open: n % 3 === 0 ? null : n % 2 === 0 }));
  const { whole, visibleIn } = await stage.inside(stage.mine, async (bulk) => ({
    whole: await writeFile(bulk, 'parquet', { partBytes: 1 }),
    visibleIn: await snapshotOf(bulk),
  }));
  expect(whole.parts.map(({ rows }) => rows)).toEqual([20_000, 20_000, 10_500]);
  await stage.add(stage.mine, 50, (n) => ({ at: new Date(Date.UTC(2026, 10, 1) + n).toISOString() }));
  const source = { report: things, query: thingsQuery, visibleIn };
  for (const { resume } of whole.parts.slice(0, -1)) {
    if (resume === undefined) throw new Error('an append-only report goes on behind every part');
    const from = JSON.parse(JSON.stringify(resume)) as typeof resume;
    const rest = await stage.inside(stage.mine, (bulk) =>
      writeFile(bulk, 'parquet', { partBytes: 1, from, source }),
    );
    expect(Buffer.compare(rest.bytes, whole.bytes.subarray(from.bytes))).toBe(0);
  }
  expect(await read(whole.bytes)).toHaveLength(50_500);
});
