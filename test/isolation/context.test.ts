/** The context ends with its transaction, whatever the connection served before. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { sql } from '#shared/db/sql.ts';
import { type Entry, type OpenTransaction, readOnce, transact } from '#shared/db/transaction.ts';
import { atMost } from '#test/support/at-most.ts';
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
  const connections = 4;
  // More than there are connections, so that they change hands; few enough that none waits in vain for its turn.
  const waiting = 12;

  const fails = (turn: number): boolean => turn % 3 === 0;

  /** One transaction of a tenant; every third fails half way, and for no other reason than the one it is given. */
  async function visit(pool: Pool, tenant: Founded, turn: number): Promise<string[]> {
    const seen: string[] = [];
    const work = async (tx: OpenTransaction) => {
      const look = async () => seen.push(...(await tx.query<{ id: string }>(visible)).map(({ id }) => id));
      await look();
      await tx.query(sql`update app.tenants set name = ${tenant.slug}`);
      if (fails(turn)) await tx.query(sql`select 1 / ${0}::int`);
      await look();
    };
    try {
      await transact(pool, tenant.entry, work);
    } catch (error) {
      if (!fails(turn) || !isDivisionByZero(error)) throw error;
      return seen;
    }
    if (fails(turn)) throw new Error('a transaction that divided by zero was committed');
    return seen;
  }

  test(`${transactions} interleaved transactions each see their own tenant and nothing else`, async () => {
    const pool = database.pool('app_tenant', connections);
    const visits: { tenant: Founded; turn: number; ids: string[] }[] = [];
    await atMost(waiting, Array(transactions).keys(), async (turn) => {
      const tenant = turn % 7 < 4 ? mine : theirs;
      visits.push({ tenant, turn, ids: await visit(pool, tenant, turn) });
    });
    expect(visits).toHaveLength(transactions);
    for (const { tenant, turn, ids } of visits) {
      expect(ids).toEqual(Array(fails(turn) ? 1 : 2).fill(tenant.tenantId));
    }
    const names = await database.admin.query<{ id: string; name: string }>(
      'select id, name from app.tenants',
    );
    for (const { tenantId, slug } of [mine, theirs]) {
      expect(names.rows).toContainEqual({ id: tenantId, name: slug });
    }
  });

  test('a transaction that fails for another reason fails this test', async () => {
    const malformed = { ...mine, entry: { ...mine.entry, tenantId: 'no uuid' } };
    await expect(visit(database.pool('app_tenant'), malformed, 0)).rejects.toMatchObject({ code: '22P02' });
  });
});

const isDivisionByZero = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '22012';
