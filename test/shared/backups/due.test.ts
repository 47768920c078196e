/** The schedule of backups: whose is due, how many at once, and what is swept behind restores. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { queueDueBackups, sweepRestores } from '#shared/backups/due.ts';
import { backupRules } from '#shared/config/backups.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';
import { kernelDatabase, type KernelDatabase } from '#test/support/kernel-database.ts';

let database: KernelDatabase | undefined;
const day = 86_400_000;

beforeEach(async () => {
  await database?.drop();
  database = await kernelDatabase();
});
afterAll(() => database?.drop());

const query = async (text: string, ...values: unknown[]) =>
  (await database?.admin.query<Record<string, unknown>>(text, values))?.rows ?? [];
const due = (now: Date) => queueDueBackups(system(), now);
const system = () => {
  if (database === undefined) throw new Error('no database');
  return database.pool('app_system');
};

async function tenants(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    if (database !== undefined) ids.push((await foundTenant(database.admin)).tenantId);
  }
  return ids;
}

/** What was queued is taken, as of that moment. */
const takeAll = (at: Date) =>
  query(
    `update app.backups set status = 'done', schema_version = 1, snapshot_at = $1, salt = 'x', bytes = 1, sha256 = 'x',
       contents = '[]' where status = 'queued'`,
    at,
  );

test('[BKP-1] every active tenant has one a night, and so many at once', async () => {
  const ids = await tenants(backupRules.atOnce + 2);
  const [suspended] = await tenants(1);
  await query("update app.tenants set status = 'suspended' where id = $1", suspended);
  const now = new Date();
  expect(await due(now)).toMatchObject({ queued: backupRules.atOnce, waiting: 2 });
  // Nothing more while these are under way.
  expect(await due(now)).toMatchObject({ queued: 0, waiting: 2 });
  await takeAll(now);
  expect(await due(now)).toMatchObject({ queued: 2, waiting: 0 });
  await takeAll(now);
  expect(await due(now)).toMatchObject({ queued: 0, waiting: 0 });
  expect(await query('select distinct tenant_id from app.backups')).toHaveLength(ids.length);
  const started = await query("select tenant_id from app.outbox where type = 'backups.take'");
  expect(started.map(({ tenant_id }) => tenant_id).sort()).toEqual(ids.sort());
  expect((await due(new Date(now.getTime() + day))).queued).toBe(backupRules.atOnce);
});

test('[BKP-1] one that failed is tried again, not at once', async () => {
  await tenants(1);
  const now = new Date();
  expect(await due(now)).toMatchObject({ queued: 1 });
  await query("update app.backups set status = 'failed'");
  expect(await due(now)).toMatchObject({ queued: 0 });
  expect(await due(new Date(now.getTime() + 61 * 60_000))).toMatchObject({ queued: 1 });
});

test('[BKP-1] the age that an alarm looks at is that of the oldest of the newest', async () => {
  await tenants(2);
  const now = new Date();
  await due(now);
  await takeAll(new Date(now.getTime() - 30 * 3_600_000));
  expect((await due(now)).oldestHours).toBeCloseTo(30, 1);
  await query('update app.backups set snapshot_at = $1', now);
  expect((await due(now)).oldestHours).toBeCloseTo(0, 1);
});

test('[BKP-2] what nobody went on with is over, and what was staged for it is forgotten', async () => {
  const [mine] = await tenants(1);
  const [theirs] = await tenants(1);
  const add = async (tenant: string | undefined, expires: string) => {
    const id = randomUUID();
    await query(
      `insert into app.restores (tenant_id, id, at, reason, status, requested_by_type, requested_by, expires_at)
       values ($1, $2, now(), 'A test', 'ready', 'person', $3, now() + $4::interval)`,
      ...[tenant, id, randomUUID(), expires],
    );
    await query(
      `insert into app.restore_rows (tenant_id, restore_id, table_name, ordinal, row) values ($1, $2, 'prompts', 1, '[]')`,
      ...[tenant, id],
    );
    return id;
  };
  const over = await add(mine, '-1 second');
  const going = await add(theirs, '1 day');
  expect(await sweepRestores(system())).toBe(1);
  expect(await query('select status from app.restores where id = $1', over)).toEqual([{ status: 'expired' }]);
  expect(await query('select restore_id from app.restore_rows')).toEqual([{ restore_id: going }]);
});
