/** The version of a configuration: who moves it, who is told, and that no other tenant's moves with it. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { sql } from '#shared/db/sql.ts';
import { type Entry, transact } from '#shared/db/transaction.ts';
import type { Statement } from '#shared/contract/context.ts';
import { kernelDatabase } from '#test/support/kernel-database.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';

const database = await kernelDatabase();
const { admin } = database;
const mine = await foundTenant(admin);
const theirs = await foundTenant(admin);
const pool = database.pool('app_tenant');

afterAll(() => database.drop());

const nobody: Entry = { tenantId: null, userId: null, requestId: 'test' };
const rows = (entry: Entry, statement: Statement) =>
  transact(pool, entry, (tx) => tx.query<Record<string, unknown>>(statement));

describe('[CAP-3] the version of a configuration', () => {
  const versionOf = async ({ tenantId }: Founded) =>
    BigInt(
      (await admin.query<{ version: string }>('select version from app.tenants where id = $1', [tenantId]))
        .rows[0]?.version ?? 0,
    );

  test('is told to whoever entered the tenant, and to nobody else', async () => {
    const settled = sql`select app.settled_version() as version`;
    expect(await rows(mine.entry, settled)).toEqual([{ version: String(await versionOf(mine)) }]);
    expect(await rows(nobody, settled)).toEqual([{ version: null }]);
  });

  test.each([
    ['a plan', "update app.tenants set plan = 'pro' where id = $1"],
    ['a status', "update app.tenants set status = 'suspended' where id = $1"],
    ['a domain', "update app.tenants set domain = 'moved.example.com' where id = $1"],
    ['a role', 'update app.memberships set role = role where tenant_id = $1'],
    ['a setting', 'insert into app.tenant_settings (tenant_id) values ($1)'],
    ['an override', 'insert into app.tenant_overrides (tenant_id) values ($1)'],
    ['a member who leaves', 'delete from app.memberships where tenant_id = $1'],
  ])('grows with %s, and no other tenant’s does', async (_what, change) => {
    const changed = await foundTenant(admin);
    const [before, beside] = [await versionOf(changed), await versionOf(theirs)];
    await admin.query(change, [changed.tenantId]);
    expect(await versionOf(changed)).toBeGreaterThan(before);
    expect(await versionOf(theirs)).toBe(beside);
  });

  test('grows with the proof of a domain', async () => {
    const changed = await foundTenant(admin);
    const id = [changed.tenantId];
    await admin.query("update app.tenants set domain = 'proven.example.com' where id = $1", id);
    const before = await versionOf(changed);
    await admin.query('update app.tenants set domain_verified_at = now() where id = $1', id);
    expect(await versionOf(changed)).toBeGreaterThan(before);
  });

  test('stays with what the gate does not know, and with what stays as it was', async () => {
    const changed = await foundTenant(admin);
    const before = await versionOf(changed);
    const change = "update app.tenants set name = 'Renamed', plan = plan, domain = domain where id = $1";
    await admin.query(change, [changed.tenantId]);
    expect(await versionOf(changed)).toBe(before);
  });

  test('a tenant’s own login moves it by changing a role, and cannot touch it otherwise', async () => {
    const changed = await foundTenant(admin);
    const before = await versionOf(changed);
    await transact(pool, changed.entry, async (tx) => {
      await tx.query(sql`update app.memberships set role = 'owner'`);
      await tx.query(sql`select app.announce('tenant', ${changed.tenantId})`);
    });
    expect(await versionOf(changed)).toBeGreaterThan(before);
  });

  test('of the platform is known to all logins', async () => {
    const [state] = await rows(nobody, sql`select * from app.platform_state(false)`);
    expect(state).toMatchObject({ switched_off: [], capabilities: {}, flags: {} });
    expect(await rows(nobody, sql`select * from app.platform_state(true)`)).toEqual([state]);
  });
});
