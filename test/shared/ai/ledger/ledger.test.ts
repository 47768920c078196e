/** The ledger in files and reports: nothing a spreadsheet runs, nothing lost, nothing counted in a wrong day. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { csvLine, parseCsv } from '#shared/ai/ledger/csv.ts';
import { enter, type LedgerEntry } from '#shared/ai/ledger/entry.ts';
import { exportCalls } from '#shared/ai/ledger/export.ts';
import { importRunLog } from '#shared/ai/ledger/import.ts';
import { costReport } from '#shared/ai/ledger/report.ts';
import { toDollars } from '#shared/ai/pricing/pico.ts';
import type { Transaction } from '#shared/contract/context.ts';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import { type KernelDatabase, kernelDatabase } from '#test/support/kernel-database.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';

let database: KernelDatabase;

beforeAll(async () => {
  database = await kernelDatabase();
});

afterAll(() => database.drop());

async function tenant() {
  const { entry } = await foundTenant(database.admin);
  const pool = database.pool('app_tenant', 2);
  return <T>(work: (tx: Transaction) => Promise<T>) => transact(pool, entry, work);
}

let calls = 0;

function callAt(time: string, costPico: bigint, more: Partial<LedgerEntry['note']> = {}): LedgerEntry {
  calls += 1;
  return {
    id: `0192f1c8-7d2e-7c3a-9b1f-${String(calls).padStart(12, '0')}`,
    status: 'settled',
    note: {
      ...{ feature: 'chat', provider: 'anthropic', model: 'claude-haiku-5-5', rule: 'plan', requestId: 'r' },
      ...{ startedMs: Date.parse(time), ...more },
    },
    usage: { input: 10, output: 5, cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1 },
    ...{ costPico, reservedPico: costPico, latencyMs: 7, attempts: 1, overBudget: false },
  };
}

describe('[AI-2] a row of the ledger', () => {
  test('is written once: the first decides, and whoever comes later learns what it said', async () => {
    const inTenant = await tenant();
    const call = callAt('2026-11-21T12:00:00Z', 7n);
    expect(await inTenant((tx) => enter(tx, call))).toEqual({ status: 'settled', costPico: 7n });
    const late = { ...call, status: 'expired', costPico: 9n } as const;
    expect(await inTenant((tx) => enter(tx, late))).toEqual({ status: 'settled', costPico: 7n });
  });

  test('of one tenant says nothing about another’s of the same id', async () => {
    const [one, other] = [await tenant(), await tenant()];
    const call = callAt('2026-11-21T12:00:00Z', 7n);
    await one((tx) => enter(tx, call));
    expect(await other((tx) => enter(tx, { ...call, costPico: 8n }))).toMatchObject({ costPico: 8n });
  });
});

describe('[AI-2] the export', () => {
  test('opens as CSV with every call, exact amounts, and no formula', async () => {
    const inTenant = await tenant();
    const feature = '=HYPERLINK("http://evil.example","x")';
    for (let n = 0; n < 10; n += 1) {
      await inTenant((tx) => enter(tx, callAt(`2026-11-2${n % 3}T12:00:00Z`, 123_456_789n, { feature })));
    }
    const range = { from: new Date('2026-11-01T00:00:00Z'), until: new Date('2026-12-01T00:00:00Z') };
    const { csv, rows, nextCursor } = await inTenant((tx) => exportCalls(tx, range));
    expect([rows, nextCursor]).toEqual([10, null]);
    const { records } = parseCsv(csv);
    expect(records).toHaveLength(11);
    const [head, first] = records.map(({ cells }) => cells);
    expect(first?.[head?.indexOf('cost_usd') ?? -1]).toBe('0.000123456789');
    expect(first?.[head?.indexOf('feature') ?? -1]).toBe(`'${feature}`);
    expect(new Set(records.map(({ cells }) => cells.length))).toEqual(new Set([head?.length]));
  });

  test('goes on where a file ended, without a gap and without repeating', async () => {
    const inTenant = await tenant();
    for (let n = 0; n < 5; n += 1)
      await inTenant((tx) => enter(tx, callAt('2026-11-21T12:00:00Z', BigInt(n))));
    const range = { from: new Date('2026-11-01T00:00:00Z'), until: new Date('2026-12-01T00:00:00Z') };
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let file = 0; file < 3; file += 1) {
      const at = cursor;
      const { csv, nextCursor } = await inTenant((tx) => exportCalls(tx, { ...range, cursor: at }, 2));
      seen.push(
        ...parseCsv(csv)
          .records.slice(1)
          .map(({ cells }) => cells[1] ?? ''),
      );
      cursor = nextCursor ?? undefined;
    }
    expect([new Set(seen).size, seen.length, cursor]).toEqual([5, 5, undefined]);
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '|calc'])('escapes %j', (text) => {
    expect(csvLine([text])).toMatch(/^"?'/);
  });

  test.each(['plain', 'a,b', 'say "no"', 'two\nlines', ''])('keeps %j as it is', (text) => {
    expect(parseCsv(csvLine([text, 'end'])).records).toMatchObject([{ cells: [text, 'end'] }]);
  });
});

describe('[AI-2] the report', () => {
  test('counts by days of the tenant’s zone, with trends and empty days', async () => {
    const inTenant = await tenant();
    // 22:30 UTC is the next day in Kuwait.
    for (const [time, cost] of [
      ['2026-11-18T22:30:00Z', 100n],
      ['2026-11-19T10:00:00Z', 100n],
      ['2026-11-20T10:00:00Z', 300n],
      ['2026-11-22T10:00:00Z', 50n],
      ['2026-11-22T21:00:00Z', 1_000n],
    ] as const) {
      await inTenant((tx) => enter(tx, callAt(time, cost)));
    }
    const question = {
      by: 'feature',
      period: 'day',
      from: '2026-11-19',
      to: '2026-11-22',
      timeZone: 'Asia/Kuwait',
    } as const;
    const lines = await inTenant((tx) => costReport(tx, question));
    expect(
      lines.map(({ key, starts, calls: n, costPico, changePercent }) => [
        key,
        starts,
        n,
        costPico,
        changePercent,
      ]),
    ).toEqual([
      ['chat', '2026-11-19', 2, 200n, null],
      ['chat', '2026-11-20', 1, 300n, 50],
      ['chat', '2026-11-21', 0, 0n, -100],
      ['chat', '2026-11-22', 1, 50n, null],
    ]);
  });

  test.each([
    ['week', ['2026-11-16', '2026-11-23']],
    ['month', ['2026-11-01']],
  ] as const)('adds up by %s', async (period, starts) => {
    const inTenant = await tenant();
    for (const day of [17, 20, 24])
      await inTenant((tx) => enter(tx, callAt(`2026-11-${day}T10:00:00Z`, 10n)));
    const question = { by: 'model', period, from: '2026-11-16', to: '2026-11-29', timeZone: 'UTC' } as const;
    const lines = await inTenant((tx) => costReport(tx, question));
    expect(lines.map((line) => line.starts)).toEqual(starts);
    expect(lines.reduce((sum, { costPico }) => sum + costPico, 0n)).toBe(30n);
  });

  test('names users, and keeps calls without one apart', async () => {
    const inTenant = await tenant();
    const userId = '0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11';
    await inTenant((tx) => enter(tx, callAt('2026-11-21T10:00:00Z', 1n, { userId })));
    await inTenant((tx) => enter(tx, callAt('2026-11-21T10:00:00Z', 2n)));
    const question = {
      by: 'user',
      period: 'day',
      from: '2026-11-21',
      to: '2026-11-21',
      timeZone: 'UTC',
    } as const;
    const lines = await inTenant((tx) => costReport(tx, question));
    expect(lines.map(({ key, costPico }) => [key, costPico])).toEqual([
      ['', 2n],
      [userId, 1n],
    ]);
  });
});

describe('[AI-2] a run log', () => {
  const head = 'date,startup,iterations,cost_claude,cost_chatgpt,total_cost';
  const good = `${head}\n2026-11-01,"Acme, Inc.",3,0.0421,0.0100,0.0521\n2026-11-02T09:30:00Z,Beta,1,0.5,0,0.5\n`;

  test('is told without being written, then written, then known', async () => {
    const inTenant = await tenant();
    const load = (dryRun: boolean, text = good) => inTenant((tx) => importRunLog(tx, text, { dryRun }));
    const told = await load(true);
    expect(told).toMatchObject({ runs: 2, entries: 3, known: 0, problems: [] });
    expect(toDollars(told.totalPico)).toBe('0.5521');
    expect(await load(false)).toEqual(told);
    expect(await load(false, `${good}2026-11-03,Gamma,1,1,0,1\n`)).toMatchObject({ entries: 1, known: 3 });
  });

  test('counts two runs that are the same as two', async () => {
    const inTenant = await tenant();
    const twice = `${head}\n2026-11-01,A,1,1,0,1\n2026-11-01,A,1,1,0,1\n`;
    expect(await inTenant((tx) => importRunLog(tx, twice, { dryRun: false }))).toMatchObject({ entries: 2 });
  });

  test('with a mistake anywhere is not written at all, and every mistake is told with its line', async () => {
    const inTenant = await tenant();
    const lines = [
      ...['2026-11-01,A,1,1,0,1', '2026-02-31,A,1,1,0,1', '2026-11-01,,x,1,0,1', '2026-11-01,A,1,1'],
      ...['2026-11-01,A,1,1,1,3', '2026-11-01,A,1,-1,0,1e3', '"2026-11-01,A'],
    ];
    const { problems, entries } = await inTenant((tx) =>
      importRunLog(tx, `${head}\n${lines.join('\n')}`, { dryRun: false }),
    );
    expect(entries).toBe(0);
    expect(
      problems.map(({ line, column }) => [line, column]).sort(([a], [b]) => Number(a) - Number(b)),
    ).toEqual([
      ...[
        [3, 'date'],
        [4, 'startup'],
        [4, 'iterations'],
        [5, null],
        [6, 'total_cost'],
      ],
      ...[
        [7, 'cost_claude'],
        [7, 'total_cost'],
        [8, null],
      ],
    ]);
    expect(await inTenant((tx) => tx.query(sql`select from app.ai_calls`))).toEqual([]);
  });

  test('with another header is refused at its first line', async () => {
    const inTenant = await tenant();
    const { problems } = await inTenant((tx) => importRunLog(tx, 'a,b\n1,2\n', { dryRun: true }));
    expect(problems).toMatchObject([{ line: 1, column: null }]);
  });
});
