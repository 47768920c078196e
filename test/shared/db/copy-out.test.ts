import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from '#shared/db/sql.ts';
import { inside } from '#test/support/archives.ts';
import { type KernelDatabase, kernelDatabase } from '#test/support/kernel-database.ts';
import { foundTenant } from './tenants.ts';

let database: KernelDatabase;
let tenant: string;

beforeAll(async () => {
  database = await kernelDatabase();
  tenant = (await foundTenant(database.admin)).tenantId;
});

afterAll(() => database.drop());

const mb = 1024 ** 2;
const copied = 100 * mb;
const rowBytes = 2_000;
const text = `copy (select repeat('x', ${rowBytes}) from generate_series(1, ${Math.ceil(copied / rowBytes)})) to stdout`;

describe('rows that are copied out', () => {
  test('[EXP-1] a hundred megabytes pass through a few, though nobody collects garbage', async () => {
    const before = process.memoryUsage().arrayBuffers;
    let [rows, bytes, most] = [0, 0, 0];
    await inside(database, { login: 'app_tenant', tenant, mode: 'snapshot' }, (bulk) =>
      bulk.copyRows(text, {
        row: (_bytes, from, to) => {
          [rows, bytes] = [rows + 1, bytes + to - from];
          if (rows % 500 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        },
      }),
    );
    expect(bytes).toBeGreaterThan(copied);
    expect(most / mb).toBeLessThan(8);
  });

  test('what the connection is asked after them is answered as ever', async () => {
    const answers = await inside(
      database,
      { login: 'app_tenant', tenant, mode: 'snapshot' },
      async (bulk) => {
        let rows = 0;
        await bulk.copyRows(text, { row: () => void (rows += 1) });
        const { n } = await bulk.one<{ n: number }>(sql`select 42 as n`);
        return [rows, n];
      },
    );
    expect(answers).toEqual([Math.ceil(copied / rowBytes), 42]);
  });

  test('what the server objects to amid the rows is thrown', async () => {
    const failing = 'copy (select 1 / (3 - n) from generate_series(1, 5) n) to stdout';
    const copying = inside(database, { login: 'app_tenant', tenant, mode: 'snapshot' }, (bulk) =>
      bulk.copyRows(failing, { row: () => undefined }),
    );
    await expect(copying).rejects.toThrow('division by zero');
  });
});
