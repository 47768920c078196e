/** The functions that look at audit trails with more rights than their callers: each inside one tenant alone. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import type { Statement } from '#shared/contract/context.ts';
import { linksOf, sealAll, writeRows } from '#test/shared/audit/trails.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';
import { kernelDatabase } from '#test/support/kernel-database.ts';

const database = await kernelDatabase();
const { admin } = database;
const [system, tenants] = [database.pool('app_system'), database.pool('app_tenant')];
const mine = await foundTenant(admin);
const theirs = await foundTenant(admin);
const myRows = await writeRows(admin, mine, 2);
await writeRows(admin, theirs, 3);

afterAll(() => database.drop());

const as = (pool: typeof system, founded: Founded | undefined, statement: Statement) =>
  transact(pool, { tenantId: founded?.tenantId ?? null, userId: null, requestId: 'test' }, (tx) =>
    tx.query<Record<string, unknown>>(statement),
  );
const seal = sql`select app.seal_audit(10) as sealed`;

describe('[AUD-1] [TEN-5] sealing, checking and archiving', () => {
  test('seal the rows of the tenant that was entered, and outside of any none', async () => {
    expect(await as(system, undefined, seal)).toEqual([{ sealed: 0 }]);
    expect(await as(system, mine, seal)).toEqual([{ sealed: 2 }]);
    expect(await linksOf(admin, theirs)).toEqual([]);
    await sealAll(system);
    expect(await linksOf(admin, theirs)).toHaveLength(3);
  });

  test('look at the trail of the tenant that was entered, and outside of any at none', async () => {
    await admin.query('update app.audit_events set action = $1 where tenant_id = $2', [
      'other',
      theirs.tenantId,
    ]);
    const check = sql`select kind, last_sequence from app.check_audit(0, null, 10)`;
    expect(await as(tenants, mine, check)).toEqual([{ kind: null, last_sequence: '2' }]);
    expect(await as(tenants, undefined, check)).toEqual([{ kind: null, last_sequence: '0' }]);
    expect(await as(system, theirs, check)).toHaveLength(4);
  });

  test('give the schedule the links of the tenant that was entered, with nothing that names a person', async () => {
    const links = sql`select * from app.audit_links_after(0, 10)`;
    const rows = await as(system, mine, links);
    expect(rows.map(({ event_id }) => event_id)).toEqual(myRows);
    const text = JSON.stringify(rows);
    for (const personal of [mine.userId, 'usr_1', '203.0.113.7', 'asked for', 'viewer']) {
      expect(text).not.toContain(personal);
    }
    expect(await as(system, undefined, links)).toEqual([]);
    expect(await as(system, undefined, sql`select app.audit_hash_at(1) as hash`)).toEqual([{ hash: null }]);
  });

  test('are not a tenant’s to call, but for the check', async () => {
    for (const statement of [
      seal,
      sql`select * from app.audit_links_after(0, 10)`,
      sql`select app.audit_hash_at(1)`,
    ]) {
      await expect(as(tenants, mine, statement)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test.each(['app_tenant', 'app_platform', 'app_system', 'app_backup', 'app_restore'] as const)(
    '%s changes and removes no link, and moves no head',
    async (login) => {
      const pool = database.pool(login);
      for (const statement of [
        sql`update app.audit_links set hash = digest`,
        sql`delete from app.audit_links`,
        sql`insert into app.audit_links (tenant_id, sequence, event_id, personal, digest, hash)
            select app.tenant_id(), 9, gen_random_uuid(), sha256(''), sha256(''), sha256('')`,
        sql`update app.audit_heads set sequence = 0`,
        sql`delete from app.audit_heads`,
        sql`delete from app.audit_pending`,
      ]) {
        await expect(as(pool, mine, statement)).rejects.toMatchObject({ code: '42501' });
      }
    },
  );
});
