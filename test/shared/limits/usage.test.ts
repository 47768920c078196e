/** What is taken besides API calls is exact, whoever takes at the same time, and whatever is given back. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Plan } from '#shared/config/plans.ts';
import { formatId } from '#shared/contract/ids.ts';
import { read, send, updateOf } from '#shared/limits/item.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { giveBackUsage, readUsage, type TakenMeter, takeUsage } from '#shared/limits/usage.ts';
import type { TenantFacts, TenantSettings } from '#shared/tenancy/entry.ts';
import { type Chain, startChain } from '#test/support/chain.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

type Differing = { plan?: Plan; timeZone?: string; usage?: TenantSettings['overrides']['usage'] };

/** A tenant that nobody else counts. */
function tenantWith({ plan = 'basic', timeZone = 'UTC', usage = {} }: Differing = {}): TenantFacts {
  return {
    id: formatId('tenant', randomUUID()),
    ...{ slug: 'a-tenant', plan, region: 'us', status: 'active', version: 1 },
    settings: {
      ...{ timeZone, environment: {}, flags: {}, switchedOff: [] },
      overrides: { rates: {}, usage, capabilities: {}, flags: {} },
    },
    routing: { exceptions: [], tenant: [], preferred: { own: null, tenant: null } },
  };
}

const at = (now = new Date()) => ({ now, deadlineMs: Date.now() + 20_000 });
const take = (tenant: TenantFacts, meter: TakenMeter, amount = 1, now?: Date) =>
  takeUsage(tenant, meter, amount, at(now));

async function monthOf(tenant: TenantFacts, meter: TakenMeter, now?: Date) {
  const usage = await readUsage(tenant, at(now));
  return usage.find((entry) => entry.meter === meter && entry.window === 'month');
}

describe('[LIM-2] taking', () => {
  test('of 200 at once against 50 remaining exactly 50 are admitted, and 50 are counted', async () => {
    for (let round = 0; round < 3; round += 1) {
      const tenant = tenantWith({ plan: 'pro' });
      await take(tenant, 'exports', 50);
      const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => take(tenant, 'exports')));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
      const reasons = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [String(outcome.reason)] : [],
      );
      expect(new Set(reasons)).toEqual(new Set(['Failure: limit.usage']));
      expect((await monthOf(tenant, 'exports'))?.used).toBe(100);
    }
  });

  test('several are taken together or not at all', async () => {
    const tenant = tenantWith();
    await take(tenant, 'exports', 7);
    await expect(take(tenant, 'exports', 4)).rejects.toMatchObject({
      problem: { code: 'limit.usage', status: 429 },
      detail: { policy: 'exports-month', remaining: 3 },
    });
    const { states } = await take(tenant, 'exports', 3);
    expect(states).toMatchObject([{ policy: 'exports-month', limit: 10, remaining: 0 }]);
  });

  test('of several sizes at once never more than there is', async () => {
    const tenant = tenantWith();
    const sizes = Array.from({ length: 40 }, (_, turn) => (turn % 3) + 1);
    const outcomes = await Promise.allSettled(sizes.map((size) => take(tenant, 'exports', size)));
    const taken = sizes.filter((_, turn) => outcomes[turn]?.status === 'fulfilled');
    const sum = taken.reduce((all, size) => all + size, 0);
    // Whoever wanted one was refused only when nothing was left.
    expect(sum).toBe(10);
    expect((await monthOf(tenant, 'exports'))?.used).toBe(sum);
  });

  test('a limit of nothing admits nobody, nor does more than the whole limit', async () => {
    const none = tenantWith({ usage: { exports: { month: 0 } } });
    await expect(take(none, 'exports')).rejects.toThrow('limit.usage');
    await expect(take(tenantWith(), 'exports', 11)).rejects.toThrow('limit.usage');
    await expect(take(tenantWith(), 'exports', 0)).rejects.toThrow(TypeError);
  });

  test('every plan has the values of its own', async () => {
    const meters = ['exports', 'workflow_runs', 'messages'] as const;
    const limits = (['basic', 'pro', 'enterprise'] as const).map(async (plan) => {
      const usage = await readUsage(tenantWith({ plan }), at());
      return meters.map((meter) => usage.find((entry) => entry.meter === meter)?.limit);
    });
    expect(await Promise.all(limits)).toEqual([
      [10, 5_000, 1_000],
      [100, 50_000, 1_000],
      [1_000, 250_000, 1_000],
    ]);
  });

  test('another meter, and another tenant, are counted for themselves', async () => {
    const tenant = tenantWith();
    await take(tenant, 'exports', 10);
    await take(tenant, 'workflow_runs', 5_000);
    await take(tenant, 'messages', 1_000);
    await take(tenantWith(), 'exports', 10);
    expect((await monthOf(tenant, 'workflow_runs'))?.used).toBe(5_000);
  });

  test('a larger plan has room with the next one; a smaller keeps what is used beyond it', async () => {
    const basic = tenantWith();
    await take(basic, 'exports', 10);
    await expect(take(basic, 'exports')).rejects.toThrow('limit.usage');
    const pro: TenantFacts = { ...basic, plan: 'pro' };
    await take(pro, 'exports', 40);
    await expect(take(basic, 'exports')).rejects.toThrow('limit.usage');
    expect(await monthOf(basic, 'exports')).toMatchObject({ limit: 10, used: 50 });
  });

  test('without a limit it is counted all the same', async () => {
    const tenant = tenantWith({ usage: { exports: { month: null as never } } });
    await take(tenant, 'exports', 12_345);
    expect(await monthOf(tenant, 'exports')).toMatchObject({ used: 12_345 });
    expect(await monthOf(tenant, 'exports')).not.toHaveProperty('limit');
  });

  test('nothing is taken while the table cannot be reached', async () => {
    const tenant = tenantWith();
    await take(tenant, 'exports');
    await chain.withoutDynamoDb(async () => {
      const moment = { now: new Date(), deadlineMs: Date.now() + 300 };
      await expect(takeUsage(tenant, 'exports', 1, moment)).rejects.toThrow('dependency.unavailable');
    });
  });
});

describe('[LIM-2] giving back', () => {
  test('makes room for others, and no more than was taken', async () => {
    const tenant = tenantWith();
    const { receipt } = await take(tenant, 'exports', 10);
    await giveBackUsage({ ...receipt, amount: 4 }, Date.now() + 5_000);
    await take(tenant, 'exports', 4);
    await expect(take(tenant, 'exports')).rejects.toThrow('limit.usage');
    await giveBackUsage(receipt, Date.now() + 5_000);
    await giveBackUsage(receipt, Date.now() + 5_000);
    expect((await monthOf(tenant, 'exports'))?.used).toBe(0);
  });

  test('among 200 who take, half of whom give back, what is counted is what was kept', async () => {
    const tenant = tenantWith({ usage: { exports: { month: 60 } } });
    const kept = await Promise.all(
      Array.from({ length: 200 }, async (_, turn) => {
        const taken = await take(tenant, 'exports').catch(() => undefined);
        if (taken === undefined) return 0;
        if (turn % 2 === 0) return 1;
        await giveBackUsage(taken.receipt, Date.now() + 20_000);
        return 0;
      }),
    );
    const sum = kept.reduce<number>((all, one) => all + one, 0);
    expect(sum).toBeGreaterThan(0);
    expect((await monthOf(tenant, 'exports'))?.used).toBe(sum);
  });
});

describe('[LIM-2] the tenant’s own calendar', () => {
  // The last minute of the month in Auckland, on a day of daylight saving time (UTC+13); the 31st in both.
  const before = new Date('2026-12-31T10:59:30Z');
  const after = new Date('2026-12-31T11:00:30Z');

  test('at midnight in Auckland a new month and a new day begin there, and nowhere else', async () => {
    const auckland = tenantWith({ timeZone: 'Pacific/Auckland' });
    const angeles = tenantWith({ timeZone: 'America/Los_Angeles' });
    for (const tenant of [auckland, angeles]) {
      await take(tenant, 'exports', 10, before);
      await take(tenant, 'messages', 1_000, before);
    }
    await take(auckland, 'exports', 10, after);
    await take(auckland, 'messages', 1_000, after);
    await expect(take(angeles, 'exports', 1, after)).rejects.toThrow('limit.usage');
    await expect(take(angeles, 'messages', 1, after)).rejects.toThrow('limit.usage');
  });

  test.each([
    // Forward in spring: 23 hours.
    ['America/Los_Angeles', '2027-03-14T20:00:00Z', '2027-03-14T08:00:00.000Z', '2027-03-15T07:00:00.000Z'],
    ['Pacific/Auckland', '2026-09-26T20:00:00Z', '2026-09-26T12:00:00.000Z', '2026-09-27T11:00:00.000Z'],
    // Back in autumn: 25 hours.
    ['America/Los_Angeles', '2026-11-01T20:00:00Z', '2026-11-01T07:00:00.000Z', '2026-11-02T08:00:00.000Z'],
    ['Pacific/Auckland', '2027-04-03T20:00:00Z', '2027-04-03T11:00:00.000Z', '2027-04-04T12:00:00.000Z'],
  ])('a day in %s is as long as its clock says: %s', async (timeZone, now, startsAt, resetsAt) => {
    const usage = await readUsage(tenantWith({ timeZone }), at(new Date(now)));
    const day = usage.find(({ meter, window }) => meter === 'messages' && window === 'day');
    expect([day?.startsAt.toISOString(), day?.resetsAt.toISOString()]).toEqual([startsAt, resetsAt]);
  });

  test('windows that are over are forgotten, and what still counts is not', async () => {
    const tenant = tenantWith();
    const key = gateKeys.usage(tenant.id);
    const old = updateOf(key);
    for (let day = 1; day < 10; day += 1) old.set(`d2026010${day}messages`, 5);
    await send(old, Date.now() + 5_000);
    await take(tenant, 'messages', 3);
    const counts = await read(key, Date.now() + 5_000);
    expect(Object.keys(counts).filter((name) => name.startsWith('d202601'))).toEqual([]);
    expect((await monthOf(tenant, 'messages'))?.used).toBe(3);
  });
});
