/** Money is reserved before it is spent: exactly, in every budget at once, and never twice (on a real table). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatId, type TenantId } from '#shared/contract/ids.ts';
import { alertsDue } from '#shared/ai/budgets/alerts.ts';
import { type Budget, pack, tagOf, tenantScope, unpack } from '#shared/ai/budgets/budget.ts';
import { committedName, spentName } from '#shared/ai/budgets/hold.ts';
import { readItem } from '#shared/ai/budgets/item.ts';
import { publishBudgets, type Seed } from '#shared/ai/budgets/publish.ts';
import { extend, type Payer, reserve, type Reserved, windowsAt } from '#shared/ai/budgets/reserve.ts';
import { settle } from '#shared/ai/budgets/settle.ts';
import { dollar } from '#shared/ai/pricing/pico.ts';
import { startGateTable } from '#test/support/gate-table.ts';

let stop: () => Promise<void>;

beforeAll(async () => {
  stop = await startGateTable();
});

afterAll(() => stop());

const now = new Date('2026-11-21T12:00:00Z');
const soon = () => Date.now() + 20_000;
const moment = () => ({ now, deadlineMs: soon() });
const base = { policy: 'block', increases: [] } as const;
const monthly = (limitPico: bigint): Budget => ({ ...tenantScope, ...base, window: 'month', limitPico });
const never = (): Promise<void> => Promise.reject(new Error('the budgets are published'));

let versions = 0;

async function tenantWith(budgets: Budget[], seeds: Seed[] = []): Promise<Payer> {
  const payer = { id: formatId('tenant', randomUUID()), plan: 'basic', timeZone: 'UTC' } as const;
  await publish(payer.id, budgets, seeds);
  return payer;
}

function publish(id: TenantId, budgets: Budget[], seeds: Seed[] = []): Promise<void> {
  versions += 1;
  return publishBudgets(id, versions, { budgets, seeds }, soon());
}

type Call = { userId?: string; apiKeyId?: string; feature?: string; callId?: string };

function ask(payer: Payer, amountPico: bigint, call: Call = {}, publishing = never): Promise<Reserved> {
  const { callId = randomUUID(), feature = 'chat', ...who } = call;
  const note = {
    ...who,
    feature,
    provider: 'anthropic',
    model: 'm',
    rule: 'r',
    requestId: 'q',
    startedMs: 0,
  };
  const expiresMs = now.getTime() + 60_000;
  return reserve(
    { payer, spender: { feature, ...who }, callId, amountPico, expiresMs, note },
    publishing,
    moment(),
  );
}

async function counters(payer: Payer, scope = tenantScope) {
  const [, month] = windowsAt(payer, now);
  const { amounts, texts } = await readItem(payer.id, soon());
  return {
    committed: amounts.get(committedName(month, tagOf(scope))) ?? 0n,
    spent: amounts.get(spentName(month, tagOf(scope))) ?? 0n,
    holds: [...texts.keys()].filter((name) => name.startsWith('h')).length,
  };
}

describe('[AI-3] a budget', () => {
  test('of 50.5 reservations admits exactly 50 of 200 at once', async () => {
    for (let round = 0; round < 3; round += 1) {
      // An odd amount beyond what a number holds: the sum is exact or it is not.
      const amount = 10n ** 18n + 1n;
      const payer = await tenantWith([monthly((amount * 101n) / 2n)]);
      const asked = await Promise.allSettled(Array.from({ length: 200 }, () => ask(payer, amount)));
      expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
      const reasons = asked.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
      expect(new Set(reasons)).toEqual(new Set(['Failure: limit.budget']));
      expect(await counters(payer)).toEqual({ committed: amount * 50n, spent: 0n, holds: 50 });
    }
  });

  test('is used to the last pico-dollar, and not beyond', async () => {
    const payer = await tenantWith([monthly(10n)]);
    await ask(payer, 9n);
    await expect(ask(payer, 2n)).rejects.toThrow('limit.budget');
    await ask(payer, 1n);
    await expect(ask(payer, 1n)).rejects.toThrow('limit.budget');
  });

  test('that is smaller than the amount refuses the first call', async () => {
    const payer = await tenantWith([monthly(5n)]);
    await expect(ask(payer, 6n)).rejects.toMatchObject({
      detail: { policy: 'tenant-month', headers: { 'retry-after': String(9.5 * 86_400) } },
    });
    expect(await counters(payer)).toEqual({ committed: 0n, spent: 0n, holds: 0 });
  });

  test('is a plan’s own where the tenant has set none', async () => {
    const payer = await tenantWith([]);
    await ask(payer, 10n * dollar);
    await expect(ask(payer, 1n)).rejects.toThrow('limit.budget');
    await ask({ ...payer, plan: 'pro' }, 90n * dollar);
  });

  test.each([
    ['user', { userId: randomUUID() }, { userId: randomUUID() }],
    ['feature', { feature: 'content' }, { feature: 'chat' }],
    ['api_key', { apiKeyId: randomUUID() }, { apiKeyId: randomUUID() }],
  ] as const)('of one %s binds that one and no other', async (kind, own, other) => {
    const [subject = ''] = Object.values(own);
    const payer = await tenantWith([
      monthly(100n),
      { ...base, kind, subject, window: 'day', limitPico: 10n },
    ]);
    await ask(payer, 10n, own);
    await expect(ask(payer, 1n, own)).rejects.toMatchObject({ detail: { policy: `${kind}-day` } });
    await ask(payer, 90n, other);
    await expect(ask(payer, 1n, other)).rejects.toMatchObject({ detail: { policy: 'tenant-month' } });
    expect((await counters(payer)).committed).toBe(100n);
  });

  test('is refused while nobody knows the budgets, and published when the item has none', async () => {
    const payer = { id: formatId('tenant', randomUUID()), plan: 'basic', timeZone: 'UTC' } as const;
    await expect(ask(payer, 1n, {}, () => Promise.resolve())).rejects.toThrow('dependency.unavailable');
    await ask(payer, 1n, {}, () => publish(payer.id, [monthly(1n)]));
    await expect(ask(payer, 1n)).rejects.toThrow('limit.budget');
  });

  test('that is lowered binds the next call, and one that is raised as well', async () => {
    const payer = await tenantWith([monthly(100n)]);
    await ask(payer, 50n);
    await publish(payer.id, [monthly(50n)]);
    await expect(ask(payer, 1n)).rejects.toThrow('limit.budget');
    await publish(payer.id, [monthly(60n)]);
    await ask(payer, 10n);
  });

  test('of an older version never comes back', async () => {
    const payer = await tenantWith([monthly(10n)]);
    await publishBudgets(payer.id, versions - 1, { budgets: [monthly(100n)] }, soon());
    await expect(ask(payer, 11n)).rejects.toThrow('limit.budget');
  });

  test('is larger for as long as an increase lasts', async () => {
    const until = now.getTime() + 1_000;
    const payer = await tenantWith([{ ...monthly(10n), increases: [{ pico: 5n, untilMs: until }] }]);
    await ask(payer, 15n);
    const over = await tenantWith([{ ...monthly(10n), increases: [{ pico: 5n, untilMs: now.getTime() }] }]);
    await expect(ask(over, 11n)).rejects.toThrow('limit.budget');
  });

  test('with overage lets calls beyond it through, and says so', async () => {
    const payer = await tenantWith([{ ...monthly(10n), policy: 'overage' }]);
    expect((await ask(payer, 10n)).over).toEqual([]);
    expect((await ask(payer, 1n)).over).toMatchObject([{ kind: 'tenant', window: 'month' }]);
    expect((await counters(payer)).committed).toBe(11n);
  });

  test('in mid-month starts with what the month has cost', async () => {
    const budget = { ...base, kind: 'feature', subject: 'chat', window: 'month', limitPico: 10n } as const;
    const payer = await tenantWith([budget], [{ budget, windowName: 'M202611', spentPico: 8n }]);
    await expect(ask(payer, 3n)).rejects.toThrow('limit.budget');
    await ask(payer, 2n);
    // Published again, the counter stays what it has become.
    await publish(payer.id, [budget], [{ budget, windowName: 'M202611', spentPico: 8n }]);
    await expect(ask(payer, 1n)).rejects.toThrow('limit.budget');
  });
});

describe('[AI-3] a hold', () => {
  test('is settled once, however many try at the same time', async () => {
    const payer = await tenantWith([monthly(100n)]);
    const { hold } = await ask(payer, 40n);
    const settled = await Promise.all(Array.from({ length: 10 }, () => settle(hold, 7n, soon())));
    expect(settled.filter((amounts) => amounts !== undefined)).toHaveLength(1);
    expect(await counters(payer)).toEqual({ committed: 7n, spent: 7n, holds: 0 });
  });

  test('of a call that cost nothing is given back whole', async () => {
    const payer = await tenantWith([monthly(40n)]);
    const { hold } = await ask(payer, 40n);
    await settle(hold, 0n, soon());
    expect(await counters(payer)).toEqual({ committed: 0n, spent: 0n, holds: 0 });
    await ask(payer, 40n);
  });

  test('is reserved once, also when its update is sent again', async () => {
    const payer = await tenantWith([monthly(100n)]);
    const callId = randomUUID();
    await ask(payer, 40n, { callId });
    await ask(payer, 40n, { callId });
    expect(await counters(payer)).toEqual({ committed: 40n, spent: 0n, holds: 1 });
  });

  test('is settled in every budget and window that it was counted in', async () => {
    const userId = randomUUID();
    const budget: Budget = { ...base, kind: 'user', subject: userId, window: 'day', limitPico: 50n };
    const payer = await tenantWith([monthly(100n), budget]);
    const { hold } = await ask(payer, 40n, { userId });
    await settle(hold, 7n, soon());
    expect(await counters(payer, { kind: 'user', subject: userId })).toMatchObject({
      committed: 7n,
      spent: 7n,
    });
    await ask(payer, 43n, { userId });
    await expect(ask(payer, 1n, { userId })).rejects.toMatchObject({ detail: { policy: 'user-day' } });
  });

  test('grows for a dearer attempt only where there is room', async () => {
    const payer = await tenantWith([monthly(100n)]);
    const reserved = await ask(payer, 40n);
    const grown = await extend(reserved, 70n, payer, moment());
    expect(grown.hold.amountPico).toBe(70n);
    await expect(extend(grown, 101n, payer, moment())).rejects.toThrow('limit.budget');
    expect(await counters(payer)).toEqual({ committed: 70n, spent: 0n, holds: 1 });
    await settle(grown.hold, 65n, soon());
    await expect(extend(grown, 80n, payer, moment())).rejects.toThrow('dependency.unavailable');
    expect(await counters(payer)).toEqual({ committed: 65n, spent: 65n, holds: 0 });
  });
});

describe('[AI-3] alerts', () => {
  const due = (spentPico: bigint, budget = monthly(100n)) =>
    alertsDue([budget], ['d20261121', 'M202611'], new Map([['sM202611_t', spentPico]]), now).map(
      ({ percent }) => percent,
    );

  test.each([
    [0n, []],
    [79n, []],
    [80n, [80]],
    [89n, [80]],
    [90n, [80, 90]],
    [200n, [80, 90]],
  ])('at %p of 100 are %p', (spent, percents) => {
    expect(due(spent)).toEqual(percents);
  });

  test('count an increase into the budget', () => {
    const raised = { ...monthly(50n), increases: [{ pico: 50n, untilMs: now.getTime() + 1 }] };
    expect(due(79n, raised)).toEqual([]);
  });
});

test('[AI-3] budgets are published as they are', () => {
  const budgets: Budget[] = [
    { ...monthly(10n ** 30n + 1n), increases: [{ pico: 3n, untilMs: 4 }] },
    { ...base, kind: 'feature', subject: 'chat', window: 'day', limitPico: 0n, policy: 'overage' },
  ];
  expect(unpack(pack(budgets))).toEqual(budgets);
});
