/** The context ends with its transaction, whatever the connection served before. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { sql } from '#shared/db/sql.ts';
import { type Entry, type OpenTransaction, readOnce, transact } from '#shared/db/transaction.ts';
import { kernelDatabase } from '#test/support/kernel-database.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';
import { signIn } from './attempts.ts';

const database = await kernelDatabase();
const mine = await foundTenant(database.admin);
const theirs = await foundTenant(database.admin);

afterAll(() => database.drop());

const nobody: Entry = { tenantId: null, userId: null, requestId: 'test' };
const visible = sql`select id, pg_backend_pid() as pid from app.tenants`;

/** What the next transaction on the connection sees after the context was set for one, or for the session. */
async function seenAfterwards(local: boolean): Promise<number | null> {
  const client = await signIn(database, 'app_tenant');
  try {
    await client.query('begin');
    await client.query(`select set_config('app.tenant_id', $1, $2)`, [mine.tenantId, local]);
    await client.query('commit');
    await client.query('begin');
    const { rowCount } = await client.query('select from app.tenants');
    await client.query('commit');
    return rowCount;
  } finally {
    await client.end();
  }
}

describe('[TEN-5] the next transaction on the connection', () => {
  test('sees nothing of the tenant before it', async () => {
    expect(await seenAfterwards(true)).toBe(0);
  });

  test('would see it if the context were the session’s, which is how this test knows', async () => {
    expect(await seenAfterwards(false)).toBe(1);
  });

  test('is another tenant’s: each sees itself', async () => {
    const pool = database.pool('app_tenant');
    const one = await readOnce<{ id: string; pid: number }>(pool, mine.entry, visible);
    const two = await readOnce<{ id: string; pid: number }>(pool, theirs.entry, visible);
    const none = await readOnce(pool, nobody, visible);
    expect([one[0]?.id, two[0]?.id, none]).toEqual([mine.tenantId, theirs.tenantId, []]);
    expect(two[0]?.pid).toBe(one[0]?.pid);
  });
});

describe('[TEN-5] two tenants on the same connections', () => {
  const transactions = 500;

  /** One transaction of a tenant; every third fails half way. */
  async function visit(pool: Pool, tenant: Founded, turn: number): Promise<string[]> {
    const seen: string[] = [];
    const work = async (tx: OpenTransaction) => {
      const look = async () => seen.push(...(await tx.query<{ id: string }>(visible)).map(({ id }) => id));
      await look();
      await tx.query(sql`update app.tenants set name = ${tenant.slug}`);
      if (turn % 3 === 0) await tx.query(sql`select 1 / ${0}::int`);
      await look();
    };
    const failed = await transact(pool, tenant.entry, work).then(
      () => false,
      (error: unknown) => error instanceof Error && 'code' in error && error.code === '22012',
    );
    expect(failed).toBe(turn % 3 === 0);
    return seen;
  }

  test(`${transactions} interleaved transactions each see their own tenant and nothing else`, async () => {
    const pool = database.pool('app_tenant', 4);
    const tenants = [mine, theirs];
    const seen = await Promise.all(
      Array.from({ length: transactions }, async (_none, turn) => {
        const tenant = turn % 7 < 4 ? mine : theirs;
        return { tenant, ids: await visit(pool, tenant, turn) };
      }),
    );
    for (const { tenant, ids } of seen) expect(new Set(ids)).toEqual(new Set([tenant.tenantId]));
    expect(seen.flatMap(({ ids }) => ids).length).toBeGreaterThan(transactions);
    const names = await database.admin.query<{ id: string; name: string }>(
      'select id, name from app.tenants',
    );
    for (const { tenantId, slug } of tenants) {
      expect(names.rows).toContainEqual({ id: tenantId, name: slug });
    }
  });
});
