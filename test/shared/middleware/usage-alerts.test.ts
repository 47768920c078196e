/** A tenant is told once that a limit is nearly used up, and once that it is, whoever crosses it and however often. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { handler as tenancy } from '../../../functions/http/tenancy.ts';
import { formatId } from '#shared/contract/ids.ts';
import { eventRow, jobRow } from '#shared/db/outbox.ts';
import { pool } from '#shared/db/pool.ts';
import { type OpenTransaction, transact } from '#shared/db/transaction.ts';
import { tellUsage } from '#shared/limits/alerts.ts';
import { send, updateOf } from '#shared/limits/item.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { giveBackUsage, takeUsage } from '#shared/limits/usage.ts';
import { publishVersion } from '#shared/limits/versions.ts';
import { usageWindow } from '#shared/limits/windows.ts';
import { tenantFactsIn } from '#shared/tenancy/facts-in.ts';
import { type Chain, startChain } from '#test/support/chain.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

const soon = () => Date.now() + 20_000;

type Told = { meter: string; window: string; threshold: number; limit: number; used: number };

/** What waits in the outbox for the tenant, in the order in which it was written. */
async function told(tenantId: string): Promise<Told[]> {
  const { rows } = await chain.database.admin.query<{ payload: Told }>(
    "select payload from app.outbox where tenant_id = $1 and type = 'usageThresholdReached' order by id",
    [tenantId],
  );
  return rows.map(({ payload }) => payload);
}

const thresholds = (all: Told[]) => all.map(({ threshold, limit }) => `${threshold} of ${limit}`);

/** A tenant of the basic plan whose counters say so many API calls of this hour, and its owner's call. */
async function caller() {
  const { tenantId, userId } = await foundTenant(chain.database.admin);
  const tenant = formatId('tenant', tenantId);
  const token = await chain.pool.token({ sub: userId, email: `${userId}@example.com`, name: 'Owner' });
  const used = async (calls: number) => {
    const update = updateOf(gateKeys.tenant(tenant));
    update.set(usageWindow('hour', 'UTC', new Date()).attribute, calls);
    await send(update, soon());
  };
  const headers = { 'x-tenant-id': tenant };
  const call = async () =>
    (await chain.call(tenancy, { method: 'GET', path: '/v1/tenant', token, headers })).status;
  return { tenantId, used, call };
}

describe('[LIM-3] of its API calls a tenant is told', () => {
  test('nothing before four fifths, once at four fifths, once at all of them', async () => {
    const { tenantId, used, call } = await caller();
    await used(798);
    expect(await call()).toBe(200);
    expect(await told(tenantId)).toEqual([]);
    for (let turn = 0; turn < 3; turn += 1) expect(await call()).toBe(200);
    expect(thresholds(await told(tenantId))).toEqual(['80 of 1000']);
    await used(999);
    expect(await call()).toBe(200);
    for (let turn = 0; turn < 3; turn += 1) expect(await call()).toBe(429);
    const all = await told(tenantId);
    expect(thresholds(all)).toEqual(['80 of 1000', '100 of 1000']);
    expect(all[1]).toMatchObject({
      ...{ tenantId: formatId('tenant', tenantId), meter: 'api_calls', window: 'hour', used: 1_000 },
      resetsAt: new Date((Math.floor(Date.now() / 3_600_000) + 1) * 3_600_000).toISOString(),
    });
  });

  test('by the refusal, where nobody was told before', async () => {
    const { tenantId, used, call } = await caller();
    await used(1_000);
    expect(await call()).toBe(429);
    expect(thresholds(await told(tenantId))).toEqual(['80 of 1000', '100 of 1000']);
  });

  test('once among many at once', async () => {
    const { tenantId, used, call } = await caller();
    await used(760);
    const statuses = await Promise.all(Array.from({ length: 50 }, call));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(thresholds(await told(tenantId))).toEqual(['80 of 1000']);
  });

  test('anew when the plan moved: the limit that holds now is another', async () => {
    const { tenantId, used, call } = await caller();
    const plan = async (name: string) => {
      const { rows } = await chain.database.admin.query<{ version: string }>(
        'update app.tenants set plan = $2 where id = $1 returning version',
        [tenantId, name],
      );
      await publishVersion(gateKeys.tenant(formatId('tenant', tenantId)), Number(rows[0]?.version), soon());
    };
    await used(1_000);
    expect(await call()).toBe(429);
    await plan('pro');
    expect(await call()).toBe(200);
    expect(thresholds(await told(tenantId))).toHaveLength(2);
    await used(7_999);
    expect(await call()).toBe(200);
    expect(thresholds(await told(tenantId))).toEqual(['80 of 1000', '100 of 1000', '80 of 10000']);
  });

  test('by the next request, when what was to be told could not be written', async () => {
    const { tenantId, used, call } = await caller();
    const { admin } = chain.database;
    await used(799);
    await admin.query('alter table app.usage_alerts rename to usage_alerts_away');
    expect(await call()).toBe(200);
    await admin.query('alter table app.usage_alerts_away rename to usage_alerts');
    expect(await told(tenantId)).toEqual([]);
    expect(await call()).toBe(200);
    expect(thresholds(await told(tenantId))).toEqual(['80 of 1000']);
  });
});

/** What tells with a transaction. */
const tellerIn = (tx: OpenTransaction, now: Date): Parameters<typeof tellUsage>[0] => ({
  ...{ tx, now: () => now },
  emit: (type, data) => tx.record(eventRow(type, data, undefined)),
  enqueue: (type, payload) => tx.record(jobRow(type, payload, undefined)),
});

/** A tenant that may export so much, and what an operation does that takes one. */
async function exporter(limit: number) {
  const { tenantId, entry } = await foundTenant(chain.database.admin);
  await chain.database.admin.query('insert into app.tenant_overrides (tenant_id, usage) values ($1, $2)', [
    tenantId,
    { exports: { month: limit } },
  ]);
  const now = new Date();
  return {
    tenantId,
    /** Takes one and tells with its own transaction; false when it was refused. */
    takeOne: async ({ thenGivesBack = false } = {}): Promise<boolean> => {
      const tenant = await transact(pool(), entry, tenantFactsIn);
      const taken = await takeUsage(tenant, 'exports', 1, { now, deadlineMs: soon() }).catch(() => undefined);
      if (taken === undefined) return false;
      await transact(pool(), entry, (tx) => tellUsage(tellerIn(tx, now), tenant, taken.states));
      if (thenGivesBack) await giveBackUsage(taken.receipt, soon());
      return true;
    },
  };
}

describe('[LIM-3] of what it takes a tenant is told', () => {
  test('each threshold once among 200 at once, half of whom give back', async () => {
    const { tenantId, takeOne } = await exporter(50);
    const admitted = await Promise.all(
      Array.from({ length: 200 }, (_, turn) => takeOne({ thenGivesBack: turn % 2 === 0 })),
    );
    expect(admitted.filter((one) => one).length).toBeGreaterThanOrEqual(50);
    // Whether it was reached is chance only until everybody has tried without giving back.
    for (let turn = 0; turn < 60; turn += 1) await takeOne();
    expect(thresholds(await told(tenantId)).toSorted()).toEqual(['100 of 50', '80 of 50']);
  });

  test('nothing by an operation that is rolled back', async () => {
    const { tenantId, entry } = await foundTenant(chain.database.admin);
    const now = new Date();
    const work = transact(pool(), entry, async (tx) => {
      const tenant = await tenantFactsIn(tx);
      const { states } = await takeUsage(tenant, 'exports', 10, { now, deadlineMs: soon() });
      await tellUsage(tellerIn(tx, now), tenant, states);
      throw new Error('came to nothing');
    });
    await expect(work).rejects.toThrow('came to nothing');
    expect(await told(tenantId)).toEqual([]);
    const { rowCount } = await chain.database.admin.query(
      'select from app.usage_alerts where tenant_id = $1',
      [tenantId],
    );
    expect(rowCount).toBe(0);
  });
});
