/** Every report of the registry, on a real database: declared as it is asked, and asked as it is declared. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import * as z from 'zod';
import { endpointsOf } from '#shared/contract/module.ts';
import { type QueriedReport, report, type ReportType, writtenBy } from '#shared/contract/report.ts';
import { literalText } from '#shared/db/literal.ts';
import { sql } from '#shared/db/sql.ts';
import { registry } from '#shared/registry.ts';
import { rowFactories } from '#test/isolation/rows.ts';
import { type KernelDatabase, kernelDatabase } from '#test/support/kernel-database.ts';
import { reports } from '../../../functions/reports.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

const modules = Object.values(registry);
const declared = modules.flatMap((module) => Object.values<ReportType>(module.reports));
/** By report, the tables whose rows it shows. */
const tables: Readonly<Record<string, string>> = {
  'audit.events': 'audit_events',
  'audit.security_events': 'security_events',
  'audit.evidence_pack': 'security_events',
  'members.members': 'memberships',
  'keys.keys': 'api_keys',
  'ai.calls': 'ai_calls',
  'ai.daily_costs': 'ai_calls',
  'usage.alerts': 'usage_alerts',
  'support.impersonations': 'impersonations',
};

let kernel: KernelDatabase;
let [mine, theirs]: Founded[] = [];

beforeAll(async () => {
  kernel = await kernelDatabase();
  [mine, theirs] = [await foundTenant(kernel.admin), await foundTenant(kernel.admin)];
  for (const table of new Set(Object.values(tables))) {
    for (const owner of [mine, theirs]) await insert(table, owner);
  }
});
afterAll(() => kernel.drop());

async function insert(table: string, owner: Founded | undefined): Promise<void> {
  const factory = rowFactories[table];
  if (factory === undefined || owner === undefined) throw new Error(`no row for ${table}`);
  const row = await factory(owner, kernel.admin, randomUUID);
  const names = Object.keys(row);
  await kernel.admin.query(
    `insert into app.${table} (${names.join()}) values (${names.map((_name, at) => `$${at + 1}`).join()})`,
    Object.values(row),
  );
}

/** What the query of a report gives, to the login of tenants inside one. */
async function ask(text: string, owner = mine): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = await kernel.pool('app_tenant').connect();
  try {
    await client.query('begin');
    await client.query('select app.enter($1::uuid, null, $2)', [owner?.tenantId, 'reports']);
    return await client.query<Record<string, unknown>>(text);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const textOf = ({ report: { parameters }, query }: QueriedReport, asked: Record<string, unknown> = {}) =>
  literalText(query(parameters.parse(asked), { timeZone: 'Europe/Berlin' }));

/** The columns that a query gives and its report does not declare, and the other way round. */
async function differences(found: QueriedReport): Promise<string[]> {
  const { fields } = await ask(`select * from (${textOf(found)}) r limit 0`);
  const given = fields.map(({ name }) => name);
  const wanted = [...Object.keys(found.report.columns), ...(found.report.appendOnly ? [writtenBy] : [])];
  return [
    ...given.filter((name) => !wanted.includes(name)).map((name) => `${name} is not declared`),
    ...wanted.filter((name) => !given.includes(name)).map((name) => `${name} is not given`),
  ];
}

describe('[EXP-1] every declared report', () => {
  test('has a query, and every query a declared report', () => {
    expect([...reports.keys()].sort()).toEqual(declared.map(({ id }) => id).sort());
    expect(declared.map(({ id }) => id).filter((id) => tables[id] === undefined)).toEqual([]);
  });

  test.each(declared.map(({ id }) => id))('%s gives the columns that it declares', async (id) => {
    const found = reports.get(id);
    if (found === undefined) throw new Error('no query');
    expect(await differences(found)).toEqual([]);
  });

  test.each(declared.map(({ id }) => id))(
    '[TEN-5] %s gives rows of its tenant, in one order only',
    async (id) => {
      const found = reports.get(id);
      if (found === undefined) throw new Error('no query');
      const order = found.report.order.join();
      const { rows } = await ask(`select ${order} from (${textOf(found)}) r order by ${order}`);
      const other = await ask(`select ${order} from (${textOf(found)}) r order by ${order}`, theirs);
      expect(rows.length).toBeGreaterThan(0);
      expect(other.rows.length).toBeGreaterThan(0);
      expect(rows.flatMap((row) => Object.values(row))).not.toContain(null);
      const all = rows.map((row) => JSON.stringify(row));
      expect(new Set(all).size).toBe(all.length);
    },
  );

  test('[ACC-4] needs what an endpoint of its module needs', () => {
    const wrong = modules.flatMap((module) => {
      const demanded = new Set(endpointsOf([module]).map(({ endpoint }) => endpoint.permission));
      const own = Object.values<ReportType>(module.reports);
      return own.filter(({ permission }) => !demanded.has(permission)).map(({ id }) => id);
    });
    expect(wrong).toEqual([]);
  });

  test('[IDN-8] shows no hash and no key', () => {
    const names = declared.flatMap(({ columns }) => Object.keys(columns));
    expect(names.filter((name) => /hash|secret|token$|password/.test(name))).toEqual([]);
  });
});

describe('[EXP-1] a difference is named', () => {
  const broken = (columns: ReportType['columns']): QueriedReport => ({
    report: { ...one, columns },
    query: () => sql`select 1 as number, 'x' as text`,
  });
  const number = { type: 'integer', label: 'Number', classification: 'internal' } as const;
  const one = report({
    ...{ id: 'things.all', summary: 'x', parameters: z.object({}), columns: { number }, appendOnly: false },
    ...{ permission: 'audit:read', capability: 'audit', order: ['number'], requirements: ['EXP-1'] },
  });

  test('a column that is not declared, one that is not given, and who wrote the row', async () => {
    expect(await differences(broken({ number }))).toEqual(['text is not declared']);
    expect(await differences(broken({ number, text: number, more: number }))).toEqual(['more is not given']);
    const appended = broken({ number, text: number });
    expect(await differences({ ...appended, report: { ...appended.report, appendOnly: true } })).toEqual([
      'written_by is not given',
    ]);
  });

  const text = { type: 'text', label: 'Text', classification: 'internal' } as const;
  const base = {
    id: 'things.all',
    summary: 'x',
    parameters: z.object({}),
    appendOnly: false,
    permission: 'audit:read',
    capability: 'audit',
    requirements: ['EXP-1'],
  } as const;

  test('a declaration that cannot be', () => {
    expect(() => report({ ...base, columns: { text }, order: ['text'], appendOnly: true })).toThrow(
      'text cannot be read back exactly',
    );
    expect(() => report({ ...base, columns: { written_by: text }, order: ['written_by'] })).toThrow(
      'no name',
    );
    expect(() =>
      report({ ...base, columns: { text: { ...text, classification: 'sensitive' } }, order: ['text'] }),
    ).toThrow('write sensitive: true');
    expect(() => report({ ...base, id: 'things' as 'a.b', columns: { text }, order: ['text'] })).toThrow(
      '<module>.<name>',
    );
  });
});

test('[TEN-5] a value never becomes part of the statement', async () => {
  for (const action of ["' or true --", "\\' or true --", '$1', "'); drop table app.users; --", 'a\\']) {
    const found = reports.get('audit.events');
    if (found === undefined) throw new Error('no query');
    expect((await ask(`select * from (${textOf(found, { action })}) r`)).rows).toEqual([]);
    const { rows } = await ask(literalText(sql`select ${action}::text as told, ${'$1'}::text as other`));
    expect(rows).toEqual([{ told: action, other: '$1' }]);
  }
  expect(() => literalText(sql`select ${'a\0b'}`)).toThrow('null character');
  expect(() => literalText({ text: 'select 1', values: [] })).toThrow('sql tag');
});

test('[AI-2] what a day cost is the sum of its calls, in the days of the tenant’s zone, to the last digit', async () => {
  const found = reports.get('ai.daily_costs');
  if (found === undefined || mine === undefined) throw new Error('no query');
  for (const [at, cost] of [
    ['2026-03-01T22:59:59Z', '1'],
    ['2026-03-01T23:00:00Z', '2000000000003'],
    ['2026-03-02T22:59:59Z', '500000000000'],
  ]) {
    const row = await rowFactories.ai_calls?.(mine, kernel.admin, randomUUID);
    const values = { ...row, started_at: at, cost_pico: cost };
    await kernel.admin.query(
      `insert into app.ai_calls select * from jsonb_populate_record(null::app.ai_calls, $1)`,
      [JSON.stringify({ ...defaults, ...values })],
    );
  }
  const asked = textOf(found, { from: '2026-03-01', to: '2026-03-02' });
  const { rows } = await ask(`select day::text, calls::int, cost_usd::text from (${asked}) r order by day`);
  expect(rows).toEqual([
    { day: '2026-03-01', calls: 1, cost_usd: '0.000000000001' },
    { day: '2026-03-02', calls: 2, cost_usd: '2.500000000003' },
  ]);
});

/** What the table would put where nothing is said. */
const defaults = {
  ...{ input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, attempts: 1 },
  over_budget: false,
};
