/** CSV and JSON: what is in them, and that a file which was broken off becomes the same. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseCsv } from '#shared/ai/ledger/csv.ts';
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

const formats = ['csv', 'json'] as const;
const odd = [
  '',
  ' ',
  'a "b"',
  'a,b',
  'line\r\nbreak',
  'Zoë 日本 🎈',
  '\\',
  '\u0001\u001f',
  'x'.repeat(300_000),
];
const formulas = ['=1+1', '+1', '-1', '@x', '|x', '\t=1', '\r=1', ' =1', '\u00a0=1', '＝1'];

const rowsOfCsv = (bytes: Buffer) => parseCsv(bytes.toString()).records.map(({ cells }) => cells);

describe('[EXP-1] a file', () => {
  beforeAll(async () => {
    await stage.add(stage.mine, odd.length, (n) => ({
      name: odd[n - 1] ?? null,
      facts: { odd: odd[n - 1] },
    }));
    const none = { name: null, amount: null, count: null, open: null, day: null, facts: null };
    await stage.add(stage.mine, 1, () => ({ ...none, at: '2026-11-01T00:00:00.123456Z' }));
    await stage.add(stage.mine, 1, () => ({
      ...{ amount: '-123456789012345678901234567890.123456789', count: '-9223372036854775808' },
      ...{ at: '1999-12-31T23:59:59.999999Z', day: '1969-12-31' },
    }));
    await stage.add(stage.theirs, 3);
  });

  test('JSON: every value is the server’s own, with what the file is about before', async () => {
    const { bytes } = await stage.inside(stage.mine, (bulk) => writeFile(bulk, 'json'));
    const { meta, rows } = JSON.parse(bytes.toString()) as { meta: unknown; rows: Record<string, unknown>[] };
    expect(meta).toEqual(head);
    const told = await asServer(stage.kernel.admin, stage.mine.tenantId);
    // Read exactly: JSON.parse rounds large integers, which the file does not.
    expect(
      rows.map((row) => ({ ...row, count: row.count === null ? null : BigInt(row.count as number) })),
    ).toEqual(told.map((row) => ({ ...row, count: row.count === null ? null : BigInt(Number(row.count)) })));
    expect(bytes.toString()).toContain('"count":-9223372036854775808');
  });

  test('CSV: every value is the server’s own, and no value differs from an empty text', async () => {
    const { bytes } = await stage.inside(stage.mine, (bulk) => writeFile(bulk, 'csv'));
    const [names, ...rows] = rowsOfCsv(bytes);
    expect(names).toEqual(Object.keys(things.columns));
    const told = await asServer(stage.kernel.admin, stage.mine.tenantId);
    expect(rows.map((cells) => cells.slice(0, 7))).toEqual(
      told.map((row) =>
        [row.at, row.id, row.name, row.amount, row.count, row.open, row.day].map((value) =>
          String(value ?? ''),
        ),
      ),
    );
    expect(rows.map((cells) => JSON.parse(cells[7] || 'null') as unknown)).toEqual(
      told.map(({ facts }) => facts),
    );
    const lines = bytes.toString().split('\r\n');
    expect(lines.filter((line) => line.includes(',"",'))).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith(',,,,,,'))).toHaveLength(1);
  });

  test('[TEN-5] holds rows of its tenant alone', async () => {
    for (const format of formats) {
      const { bytes, parts } = await stage.inside(stage.theirs, (bulk) => writeFile(bulk, format));
      expect(parts.map(({ rows }) => rows)).toEqual([3]);
      expect(bytes.toString()).not.toContain('Zoë');
    }
  });

  test('of no rows is whole', async () => {
    const nobody = {
      ...stage.mine,
      tenantId: stage.mine.userId,
      entry: { ...stage.mine.entry, tenantId: stage.mine.userId },
    };
    const csv = await stage.inside(nobody, (bulk) => writeFile(bulk, 'csv'));
    expect(csv.bytes.toString()).toBe('at,id,name,amount,count,open,day,facts\r\n');
    const json = await stage.inside(nobody, (bulk) => writeFile(bulk, 'json'));
    expect(JSON.parse(json.bytes.toString())).toEqual({ meta: head, rows: [] });
  });
});

test('[EXP-1] a spreadsheet runs nothing of a CSV file', async () => {
  await stage.kernel.admin.query('truncate app.things');
  await stage.add(stage.mine, formulas.length, (n) => ({
    name: formulas[n % formulas.length] ?? '',
    count: '-5',
  }));
  const { bytes } = await stage.inside(stage.mine, (bulk) => writeFile(bulk, 'csv'));
  const [, ...rows] = rowsOfCsv(bytes);
  expect(rows.map((cells) => cells[2] ?? '').sort()).toEqual(formulas.map((text) => `'${text}`).sort());
  expect(rows.map((cells) => cells[4])).toEqual(formulas.map(() => '-5'));
});

describe('[EXP-1] a file that was broken off', () => {
  beforeAll(async () => {
    await stage.kernel.admin.query('truncate app.things');
    await stage.add(stage.mine, 3_000, (n) => ({ name: n % 7 === 0 ? 'a "b", c' : `thing ${n}` }));
  });

  const stored = async (): Promise<number> =>
    (await stage.kernel.admin.query('select from app.things')).rowCount ?? 0;

  test.each(formats)('%s goes on behind any of its parts and has the same bytes', async (format) => {
    const { whole, visibleIn } = await stage.inside(stage.mine, async (bulk) => ({
      whole: await writeFile(bulk, format, { partBytes: 20_000 }),
      visibleIn: await snapshotOf(bulk),
    }));
    expect(whole.parts.length).toBeGreaterThan(10);
    expect(whole.parts.slice(0, -1).every(({ size }) => size >= 20_000)).toBe(true);
    expect(whole.parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(await stored());
    // Rows that came later, some of them between those of the file.
    await stage.add(stage.mine, 50, (n) => ({ at: new Date(Date.UTC(2026, 10, 1) + n * 7).toISOString() }));
    for (const { resume, isLast } of whole.parts) {
      if (isLast) continue;
      if (resume === undefined) throw new Error('an append-only report goes on behind every part');
      const from = JSON.parse(JSON.stringify(resume)) as typeof resume;
      const source = { report: things, query: thingsQuery, visibleIn };
      const rest = await stage.inside(stage.mine, (bulk) =>
        writeFile(bulk, format, { partBytes: 20_000, from, source }),
      );
      expect(Buffer.compare(rest.bytes, whole.bytes.subarray(from.bytes))).toBe(0);
    }
    const anew = await stage.inside(stage.mine, (bulk) => writeFile(bulk, format, { partBytes: 20_000 }));
    expect(anew.sha256).not.toBe(whole.sha256);
  });

  test('begins anew where its rows may change', async () => {
    const source = { report: { ...things, appendOnly: false }, query: thingsQuery };
    const { parts } = await stage.inside(stage.mine, (bulk) =>
      writeFile(bulk, 'csv', { partBytes: 20_000, source }),
    );
    expect(parts.length).toBeGreaterThan(10);
    expect(parts.some(({ resume }) => resume !== undefined)).toBe(false);
    await expect(
      stage.inside(stage.mine, (bulk) =>
        writeFile(bulk, 'csv', {
          source,
          from: { rows: 1, bytes: 1, key: ['2026-11-01', stage.mine.userId] },
        }),
      ),
    ).rejects.toThrow('does not go on after a row');
  });
});

test('[EXP-1] a statement that fails fails the file, and the part before is not the last', async () => {
  const source = { report: things, query: { ...thingsQuery } };
  await expect(stage.inside(stage.mine, (bulk) => writeFile(bulk, 'csv', { source }))).rejects.toThrow(
    'sql tag',
  );
});
