/** What a tenant reads of its usage is what the gate counts. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { handler as tenancy } from '../../../functions/http/tenancy.ts';
import { handler as usageHandler } from '../../../functions/http/usage.ts';
import { formatId } from '#shared/contract/ids.ts';
import { pool } from '#shared/db/pool.ts';
import { transact } from '#shared/db/transaction.ts';
import { send, updateOf } from '#shared/limits/item.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { takeUsage } from '#shared/limits/usage.ts';
import { usageWindow } from '#shared/limits/windows.ts';
import { tenantFactsIn } from '#shared/tenancy/facts-in.ts';
import { type Answer, type Chain, startChain } from '#test/support/chain.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

const soon = () => Date.now() + 5_000;

type Read = { meters: { meter: string; window: string; startsAt: string; resetsAt: string }[] };

async function owner() {
  const { tenantId, userId, entry } = await foundTenant(chain.database.admin);
  const token = await chain.pool.token({ sub: userId, email: `${userId}@example.com`, name: 'Owner' });
  const get = (handler: typeof tenancy, path: string): Promise<Answer> =>
    chain.call(handler, { method: 'GET', path, token });
  return {
    ...{ tenantId, userId, entry, tenant: formatId('tenant', tenantId) },
    calls: () => get(tenancy, '/v1/tenant'),
    usage: () => get(usageHandler, '/v1/usage'),
    read: async () => (await get(usageHandler, '/v1/usage')).body as Read,
    set: (statement: string, ...values: unknown[]) =>
      chain.database.admin.query(statement, [tenantId, ...values]),
  };
}

/** One meter in one window of what was read. */
function of({ meters }: Read, meter: string, window: string) {
  return meters.find((entry) => entry.meter === meter && entry.window === window);
}

describe('[LIM-2] what a tenant reads of its usage', () => {
  test('is all that its plan limits, with what is left of each', async () => {
    const { read, calls } = await owner();
    for (let turn = 0; turn < 3; turn += 1) await calls();
    const answer = await read();
    expect(answer).toMatchObject({
      plan: 'basic',
      timeZone: 'UTC',
      seats: { hasAccess: true, balance: 9, usage: 1, overage: 0, limit: 10 },
      storageBytes: { hasAccess: true, usage: 0, overage: 0, limit: 10 * 1024 ** 3 },
    });
    expect(answer.meters.map(({ meter, window }) => `${meter} ${window}`)).toEqual([
      ...['api_calls hour', 'api_calls month', 'exports month', 'workflow_runs month'],
      ...['messages day', 'messages month'],
    ]);
    const left = { hasAccess: true, balance: 997, usage: 3, overage: 0, limit: 1_000 };
    expect(of(answer, 'api_calls', 'hour')).toMatchObject(left);
    expect(of(answer, 'api_calls', 'month')).toMatchObject({ balance: 99_997, usage: 3 });
    expect(of(answer, 'exports', 'month')).toMatchObject({ balance: 10, usage: 0, limit: 10 });
    // Counted, and not limited.
    expect(of(answer, 'messages', 'month')).toMatchObject({ hasAccess: true, balance: null, limit: null });
  });

  test('has what is taken besides API calls, and the window that it was taken in', async () => {
    const { read, entry } = await owner();
    const now = new Date();
    const tenant = await transact(pool(), entry, tenantFactsIn);
    await takeUsage(tenant, 'exports', 4, { now, deadlineMs: soon() });
    expect(of(await read(), 'exports', 'month')).toMatchObject({
      ...{ usage: 4, balance: 6 },
      startsAt: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString(),
      resetsAt: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString(),
    });
  });

  test('can be read when all calls are used up, and reading uses none', async () => {
    const { usage, tenant, calls } = await owner();
    const update = updateOf(gateKeys.tenant(tenant));
    update.set(usageWindow('hour', 'UTC', new Date()).attribute, 1_000);
    await send(update, soon());
    expect((await calls()).status).toBe(429);
    for (let turn = 0; turn < 2; turn += 1) {
      const answer = await usage();
      expect(answer.status).toBe(200);
      expect(of(answer.body as Read, 'api_calls', 'hour')).toMatchObject({
        ...{ hasAccess: false, balance: 0, usage: 1_000, overage: 0 },
      });
    }
  });

  test('[VAL-1] the 1,001st call is refused on basic and made on pro, and both can be read', async () => {
    const { read, set, tenant, calls } = await owner();
    const update = updateOf(gateKeys.tenant(tenant));
    update.set(usageWindow('hour', 'UTC', new Date()).attribute, 999);
    await send(update, soon());
    expect((await calls()).status).toBe(200);
    expect(await calls()).toMatchObject({ status: 429, body: { policy: 'api_calls-hour' } });
    expect(of(await read(), 'api_calls', 'hour')).toMatchObject({ hasAccess: false, usage: 1_000 });
    await set("update app.tenants set plan = 'pro' where id = $1");
    expect((await calls()).status).toBe(200);
    expect(of(await read(), 'api_calls', 'hour')).toMatchObject({ usage: 1_001, balance: 8_999 });
  });

  test('has another plan’s limits with the next call, and what is beyond them as overage', async () => {
    const { read, set, entry } = await owner();
    await set("update app.tenants set plan = 'pro' where id = $1");
    const tenant = await transact(pool(), entry, tenantFactsIn);
    await takeUsage(tenant, 'exports', 40, { now: new Date(), deadlineMs: soon() });
    expect(of(await read(), 'exports', 'month')).toMatchObject({ limit: 100, balance: 60, overage: 0 });
    await set("update app.tenants set plan = 'basic' where id = $1");
    const downgraded = await read();
    expect(downgraded).toMatchObject({ plan: 'basic' });
    expect(of(downgraded, 'exports', 'month')).toMatchObject({
      ...{ hasAccess: false, limit: 10, usage: 40, balance: 0, overage: 30 },
    });
  });

  test('has the limits that the platform gave instead of the plan’s; null takes one away', async () => {
    const { read, set } = await owner();
    await set('insert into app.tenant_overrides (tenant_id, usage) values ($1, $2)', {
      exports: { month: 25 },
      workflow_runs: { month: null },
      api_calls: { hour: null },
    });
    const answer = await read();
    expect(of(answer, 'exports', 'month')).toMatchObject({ limit: 25 });
    expect(of(answer, 'workflow_runs', 'month')).toMatchObject({ limit: null, balance: null });
    expect(of(answer, 'api_calls', 'hour')).toBeUndefined();
  });

  test.each(['Pacific/Auckland', 'America/Los_Angeles'])('is in its own time zone: %s', async (timeZone) => {
    const { read, set } = await owner();
    await set('insert into app.tenant_settings (tenant_id, time_zone) values ($1, $2)', timeZone);
    const answer = await read();
    expect(answer).toMatchObject({ timeZone });
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
    const day = of(answer, 'messages', 'day');
    const ends = [day?.startsAt, day?.resetsAt].map((at) => new Date(at ?? ''));
    expect(ends.map((at) => clock.format(at))).toEqual(['00:00', '00:00']);
    expect(Number(ends[0])).toBeLessThanOrEqual(Date.now());
    expect(Number(ends[1])).toBeGreaterThan(Date.now());
  });

  test('[TEN-5] is its own alone', async () => {
    const [mine, other] = [await owner(), await owner()];
    for (let turn = 0; turn < 3; turn += 1) await other.calls();
    expect(of(await mine.read(), 'api_calls', 'hour')).toMatchObject({ usage: 0 });
  });

  test('is not made up while the counters cannot be reached', async () => {
    const { usage } = await owner();
    await usage();
    await chain.withoutDynamoDb(async () => {
      expect(await usage()).toMatchObject({ status: 503, body: { code: 'dependency.unavailable' } });
    });
  });
});
