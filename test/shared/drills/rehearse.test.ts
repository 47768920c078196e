/** Rehearsed restores on a real database: what a good backup passes, what a bad one is found by, what stays behind. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ArchiveRecord } from '#shared/archive/read.ts';
import { bulkTransaction } from '#shared/db/bulk.ts';
import { sql } from '#shared/db/sql.ts';
import { type Rehearsal, rehearse } from '#shared/drills/rehearse.ts';
import { inScratchTenant } from '#shared/drills/scratch.ts';
import { place } from '#test/isolation/attempts.ts';
import { everyTableOf } from '#test/isolation/catalogue.ts';
import { factoryOf } from '#test/isolation/rows.ts';
import { recordsOf, secret, settingsOf, take, type Taken } from '../../support/archives.ts';
import { kernelDatabase, type KernelDatabase } from '../../support/kernel-database.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

let kernel: KernelDatabase;
let ours: Founded;
let theirs: Founded;
let taken: Taken;

beforeAll(async () => {
  kernel = await kernelDatabase();
  ours = await foundTenant(kernel.admin);
  theirs = await foundTenant(kernel.admin);
  for (const table of await everyTableOf(kernel.admin)) {
    for (const tenant of [ours, theirs]) {
      await place(kernel.admin, table, await factoryOf(table.name)(tenant, kernel.admin));
    }
  }
  taken = await take(kernel, ours.tenantId);
});
afterAll(() => kernel.drop());

type Change = (record: ArchiveRecord) => ArchiveRecord;

function rehearsed(
  change: Change = (record) => record,
  { tenant = ours.tenantId, keySecret = secret } = {},
): Promise<Rehearsal> {
  const changed = (async function* () {
    for await (const record of recordsOf(taken, keySecret)) yield change(record);
  })();
  return inScratchTenant(settingsOf(kernel, 'app_restore'), Date.now() + 60_000, (bulk, scratch) =>
    rehearse(bulk, { scratch, tenant }, changed),
  );
}

/** Changes the rows of one table. */
function withRows(
  wanted: string,
  change: (values: (string | null)[], columns: readonly string[]) => void,
): Change {
  return (record) => {
    if (record.kind !== 'rows' || record.table.table !== wanted) return record;
    const rows = record.rows.map((line) => {
      const values = JSON.parse(line) as (string | null)[];
      change(values, record.table.columns);
      return JSON.stringify(values);
    });
    return { ...record, rows };
  };
}

describe('a rehearsed restore', () => {
  test('[BKP-3] a good backup is restored whole: every row counted, hashed and of its own tenant', async () => {
    const { findings, tables, rows, bytes, schemaVersion } = await rehearsed();
    expect(findings).toEqual([]);
    expect(tables).toBeGreaterThan(15);
    expect(rows).toBeGreaterThanOrEqual(tables - 5);
    expect(bytes).toBeGreaterThan(rows);
    expect(schemaVersion).toBeGreaterThanOrEqual(20);
  });

  test('[BKP-3] nothing of it stays: no tenant, no member, no staged row', async () => {
    const counts = async () => {
      const { rows } = await kernel.admin.query<Record<string, string>>(`
        select (select count(*) from app.tenants) as tenants, (select count(*) from app.memberships) as members,
               (select count(*) from app.restores) as restores, (select count(*) from app.restore_rows) as staged`);
      return rows[0];
    };
    const before = await counts();
    await rehearsed();
    expect(await counts()).toEqual(before);
  });

  test('[BKP-3] a row of another tenant in a backup is found', async () => {
    const { findings } = await rehearsed(
      withRows('audit_events', (values, columns) => {
        values[columns.indexOf('tenant_id')] = theirs.tenantId;
      }),
    );
    expect(findings).toEqual(['other_tenant: audit_events']);
  });

  test('[BKP-3] a backup of another tenant is found, and not taken for this one’s', async () => {
    const { findings } = await rehearsed(undefined, { tenant: theirs.tenantId });
    expect(findings).toContain('other_tenant: header');
    expect(findings).toContain('other_tenant: memberships');
  });

  test('[BKP-3] a row that refers to nothing is found before anything is applied', async () => {
    const { findings } = await rehearsed(
      withRows('prompts', (values, columns) => {
        values[columns.indexOf('version')] = '99';
      }),
    );
    expect(findings).toEqual(['references: prompts']);
  });

  test('[BKP-3] rows that came back other than they were kept, or not at all, are found', async () => {
    const altered = await rehearsed(
      withRows('memberships', (values, columns) => {
        values[columns.indexOf('created_at')] = '2001-01-01 00:00:00+00';
      }),
    );
    expect(altered.findings).toEqual(['hash: memberships']);
    const lost = await rehearsed((record) =>
      record.kind === 'rows' && record.table.table === 'ai_budgets' ? { ...record, rows: [] } : record,
    );
    expect(lost.findings).toContain('counts: ai_budgets');
  });

  test('[BKP-3] a backup that its key does not open is found', async () => {
    const { findings } = await rehearsed(undefined, { keySecret: 'another secret' });
    expect(findings).toEqual(['archive: not_authentic']);
  });

  test('[BKP-3] who left the platform since does not come back, and that is no fault of the backup', async () => {
    const stranger = randomUUID();
    const { findings } = await rehearsed(
      withRows('memberships', (values, columns) => {
        const user = columns.indexOf('user_id');
        if (values[user] !== ours.userId) values[user] = stranger;
      }),
    );
    expect(findings).toEqual([]);
  });
});

test('[TEN-5] the login that rehearses opens no restore in a tenant that is not scratch', async () => {
  const entry = { tenantId: ours.tenantId, userId: null, requestId: 'test' };
  const opened = await bulkTransaction(
    settingsOf(kernel, 'app_restore'),
    entry,
    { mode: 'write' },
    async (bulk) => {
      await bulk.query(sql`select app.open_scratch_restore(${randomUUID()})`);
      return bulk.query(sql`select from app.restores where reason = 'A rehearsal'`);
    },
  );
  expect(opened).toEqual([]);
});
