/** The vetted functions that backups, restores, their rehearsals and failovers call, and what they keep from whom. */
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from '@jest/globals';
import type { Statement } from '#shared/contract/context.ts';
import { sql } from '#shared/db/sql.ts';
import { type Entry, transact } from '#shared/db/transaction.ts';
import { kernelDatabase } from '#test/support/kernel-database.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';

const database = await kernelDatabase();
const { admin } = database;
const mine = await foundTenant(admin);
const theirs = await foundTenant(admin);
const pool = database.pool('app_tenant');

afterAll(() => database.drop());

const rows = (entry: Entry, statement: Statement) =>
  transact(pool, entry, (tx) => tx.query<Record<string, unknown>>(statement));

test('[BKP-2] a restore learns which of its people still exist, and nothing else of anybody', async () => {
  const restoring = database.pool('app_restore');
  const gone = randomUUID();
  const known = await transact(restoring, mine.entry, (tx) =>
    tx.query(sql`select app.known_people(${[theirs.userId, gone]}::uuid[]) as id`),
  );
  expect(known).toEqual([{ id: theirs.userId }]);
  await expect(
    transact(restoring, mine.entry, (tx) => tx.query(sql`select email from app.users`)),
  ).rejects.toMatchObject({ code: '42501' });
  await expect(
    rows(mine.entry, sql`select app.known_people(${[theirs.userId]}::uuid[])`),
  ).rejects.toMatchObject({ code: '42501' });
});

test('[BKP-1] a backup learns the version of the schema', async () => {
  const backing = database.pool('app_backup');
  const { rows: applied } = await admin.query('select max(version) as version from migration.applied');
  const version = await transact(backing, mine.entry, (tx) =>
    tx.query(sql`select app.schema_version() as version`),
  );
  expect(version).toEqual(applied);
});

test('[BKP-3] a rehearsal is opened, and given members, in a scratch tenant and in no other', async () => {
  const restoring = database.pool('app_restore');
  const opening = (entry: Entry) =>
    transact(restoring, entry, async (tx) => {
      const restore = randomUUID();
      await tx.query(sql`select app.open_scratch_restore(${restore})`);
      await tx.query(sql`select app.readmit_to_scratch(${restore}, ${[theirs.userId]}::uuid[])`);
      return tx.query<{ readmitted: string[] }>(sql`select readmitted from app.restores`);
    });
  expect(await opening(mine.entry)).toEqual([]);
  await expect(
    transact(restoring, mine.entry, (tx) => tx.query(sql`select app.open_scratch_tenant()`)),
  ).rejects.toMatchObject({ code: '23505' });
  const scratch = { tenantId: randomUUID(), userId: null, requestId: 'test' };
  await transact(restoring, scratch, (tx) => tx.query(sql`select app.open_scratch_tenant()`));
  expect(await opening(scratch)).toEqual([{ readmitted: [theirs.userId] }]);
  await expect(rows(mine.entry, sql`select app.open_scratch_tenant()`)).rejects.toMatchObject({
    code: '42501',
  });
});

test('[BKP-3] nobody belongs to a scratch tenant, and nobody enters it', async () => {
  const { rows: found } = await admin.query(
    `select status, (select count(*)::int from app.memberships m where m.tenant_id = t.id) as members
     from app.tenants t where slug like 'scratch-%'`,
  );
  expect(found).toEqual([{ status: 'deleted', members: 0 }]);
});

test('[BKP-3] whose backup is rehearsed is chosen by the platform and by the schedule alone', async () => {
  await admin.query(
    `insert into app.backups (tenant_id, id, kind, status, schema_version, snapshot_at, salt, bytes, sha256, contents,
                              expires_at)
     select $1, gen_random_uuid(), 'manual', 'done', 1, now() - make_interval(hours => age), '', 1, '', '[]', now()
     from unnest(array[3, 1, 2]) as age`,
    [theirs.tenantId],
  );
  const asked = sql`select tenant_id, snapshot_at > now() - interval '90 minutes' as newest from app.drill_candidate(null)`;
  const nobody = { tenantId: null, userId: null, requestId: 'test' };
  for (const login of ['app_platform', 'app_system'] as const) {
    const found = await transact(database.pool(login), nobody, (tx) => tx.query(asked));
    expect(found).toEqual([{ tenant_id: theirs.tenantId, newest: true }]);
  }
  await expect(rows(mine.entry, asked)).rejects.toMatchObject({ code: '42501' });
});

test('[BKP-4] a failover learns the ids of active tenants in their order, and nobody else does', async () => {
  const failing = database.pool('app_restore');
  const nobody: Entry = { tenantId: null, userId: null, requestId: 'test' };
  const after = (id: string | null, atMost: number) =>
    transact(failing, nobody, (tx) =>
      tx.query<{ tenant_id: string }>(sql`select tenant_id from app.tenants_after(${id}::uuid, ${atMost})`),
    );
  const suspended = await foundTenant(admin);
  await admin.query(`update app.tenants set status = 'suspended' where id = $1`, [suspended.tenantId]);
  const all = (await after(null, 100)).map(({ tenant_id: id }) => id);
  expect(all).toEqual([mine.tenantId, theirs.tenantId].sort());
  const [first = '', second] = all;
  expect(await after(first, 1)).toEqual([{ tenant_id: second }]);
  await expect(rows(mine.entry, sql`select app.tenants_after(null, 1)`)).rejects.toMatchObject({
    code: '42501',
  });
});
