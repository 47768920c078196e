/** A call of a model costs its tenant what it costs, never more than its budgets hold, whatever happens meanwhile. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tagOf, tenantScope } from '#shared/ai/budgets/budget.ts';
import { committedName, holdName, spentName } from '#shared/ai/budgets/hold.ts';
import { readItem } from '#shared/ai/budgets/item.ts';
import { budgetStates, increaseBudget, removeBudget, setBudget } from '#shared/ai/budgets/manage.ts';
import { type Payer, windowsAt } from '#shared/ai/budgets/reserve.ts';
import { completeGoverned, embedGoverned, type GovernedCall, streamGoverned } from '#shared/ai/governed.ts';
import { dollar } from '#shared/ai/pricing/pico.ts';
import { sweepBudgets } from '#shared/ai/sweep.ts';
import { formatId, newId } from '#shared/contract/ids.ts';
import type { ClosingTransaction } from '#shared/contract/context.ts';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import { type Chain, startChain } from '#test/support/chain.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';
import { final, haiku, luna, scripted, ScriptedFailure, sol, usageOf } from './scripted-models.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain();
});

afterAll(() => chain.stop());

const request = { model: haiku.model, maxTokens: 1_000, messages: [] };
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
// 1,000 tokens in at an hour's cache write, 1,000 out: 0.2 + 0.5 milli-dollars
const worst = 700_000_000n;
const used = final(usageOf(800, 200));
const price = 800n * 100_000n + 200n * 500_000n;
const soon = () => ({ now: new Date(), deadlineMs: Date.now() + 5_000 });

async function tenant(limitPico?: bigint) {
  const founded = await foundTenant(chain.database.admin);
  const pool = chain.database.pool('app_tenant', 4);
  const payer: Payer = { id: formatId('tenant', founded.tenantId), plan: 'basic', timeZone: 'UTC' };
  const inTenant = <T>(work: (tx: ClosingTransaction) => Promise<T>) => transact(pool, founded.entry, work);
  if (limitPico !== undefined) await inTenant((tx) => setBudget(tx, monthly(limitPico), payer, soon()));
  const call = (more: Partial<GovernedCall> = {}): GovernedCall => ({
    ...{ payer, feature: 'chat', rule: 'plan', requestId: 'test', inputTokens: 1_000 },
    ...{ deadlineMs: Date.now() + 5_000, transact: inTenant, log: quiet, now: () => new Date(), ...more },
  });
  const ledger = async () => {
    const { rows } = await chain.database.admin.query<{ status: string; cost_pico: string; model: string }>(
      'select status, cost_pico, model from app.ai_calls where tenant_id = $1 order by started_at, id',
      [founded.tenantId],
    );
    return rows.map(({ status, cost_pico, model }) => [status, BigInt(cost_pico), model] as const);
  };
  const money = async () => {
    const { amounts, texts } = await readItem(payer.id, Date.now() + 5_000);
    const [, month] = windowsAt(payer, new Date());
    return {
      committed: amounts.get(committedName(month, tagOf(tenantScope))) ?? 0n,
      spent: amounts.get(spentName(month, tagOf(tenantScope))) ?? 0n,
      holds: [...texts.keys()].filter((name) => /^[hl]/.test(name)).length,
    };
  };
  const alerts = async () => {
    const { rows } = await chain.database.admin.query<{ payload: { percent: number } }>(
      "select payload from app.outbox where tenant_id = $1 and type = 'aiBudgetThresholdReached'",
      [founded.tenantId],
    );
    return rows.map(({ payload }) => payload.percent).sort();
  };
  return { founded, payer, call, ledger, money, alerts, inTenant };
}

const monthly = (limitPico: bigint) =>
  ({ ...tenantScope, window: 'month', limitPico, policy: 'block' }) as const;

async function sweep(atMs = Date.now() + 3_600_000) {
  const swept = await sweepBudgets(chain.database.pool('app_system'), new Date(atMs), quiet);
  expect(swept.failed).toBe(0);
}

describe('[AI-2] a call', () => {
  test('is in the ledger with its exact cost, and leaves nothing reserved', async () => {
    const { call, ledger, money } = await tenant();
    const { models } = scripted({ attempt: haiku, spent: used });
    const { costPico } = await completeGoverned(models, call(), request);
    expect(costPico).toBe(price);
    expect(await ledger()).toEqual([['settled', price, haiku.model]]);
    expect(await money()).toEqual({ committed: price, spent: price, holds: 0 });
  });

  test('[VAL-1] ten calls are ten rows', async () => {
    const { call, ledger } = await tenant();
    const { models } = scripted({ attempt: haiku, spent: used });
    await Promise.all(Array.from({ length: 10 }, () => completeGoverned(models, call(), request)));
    expect(await ledger()).toHaveLength(10);
  });

  test('that fails for nothing costs nothing, and is in the ledger', async () => {
    const { call, ledger, money } = await tenant();
    const { models } = scripted({ attempt: haiku, spent: 'nothing', then: 'fail' });
    await expect(completeGoverned(models, call(), request)).rejects.toThrow(ScriptedFailure);
    expect(await ledger()).toEqual([['failed', 0n, haiku.model]]);
    expect(await money()).toEqual({ committed: 0n, spent: 0n, holds: 0 });
  });

  test('that timed out is counted at the most it can have cost', async () => {
    const { call, ledger } = await tenant();
    const { models } = scripted({ attempt: haiku, spent: 'unknown', then: 'fail' });
    await expect(completeGoverned(models, call(), request)).rejects.toThrow(ScriptedFailure);
    expect(await ledger()).toEqual([['bounded', worst, haiku.model]]);
  });

  test('that broke off is counted with what went in, and all that may have come out', async () => {
    const { call, ledger } = await tenant();
    const spent = { usage: usageOf(800, 1), final: false };
    const { models } = scripted({ attempt: haiku, spent, then: 'fail' });
    await expect(completeGoverned(models, call(), request)).rejects.toThrow(ScriptedFailure);
    expect(await ledger()).toEqual([['bounded', 800n * 100_000n + 1_000n * 500_000n, haiku.model]]);
  });

  test('of a model without a price is never made', async () => {
    const { call, ledger } = await tenant();
    const { models, made } = scripted({ attempt: { ...haiku, model: 'claude-next' }, spent: used });
    await expect(completeGoverned(models, call(), request)).rejects.toThrow('ai.unpriced');
    expect([made, await ledger()]).toEqual([[], []]);
  });

  test('is never made while the counters cannot be reached', async () => {
    const { call, ledger } = await tenant(dollar);
    const { models, made } = scripted({ attempt: haiku, spent: used });
    await chain.withoutDynamoDb(async () => {
      await expect(completeGoverned(models, call(), request)).rejects.toThrow('dependency.unavailable');
    });
    expect([made, await ledger()]).toEqual([[], []]);
  });

  test('for vectors costs its input', async () => {
    const { call, ledger } = await tenant();
    const attempt = { provider: 'openai', model: 'text-embedding-3-small' } as const;
    const { models } = scripted({ attempt, spent: final(usageOf(900, 0)) });
    await embedGoverned(models, call(), { model: attempt.model, input: ['a'] });
    expect(await ledger()).toEqual([['settled', 900n * 20_000n, attempt.model]]);
  });
});

describe('[AI-3] the budget of a call', () => {
  test('has room for each further attempt, or it is not made', async () => {
    const { call, ledger, money } = await tenant(2n * worst - 1n);
    const retry = { attempt: haiku, spent: 'unknown', then: 'retry' } as const;
    const { models, made } = scripted(retry, { attempt: haiku, spent: used });
    await expect(completeGoverned(models, call(), request)).rejects.toThrow('limit.budget');
    expect(made).toHaveLength(1);
    expect(await ledger()).toEqual([['bounded', worst, haiku.model]]);
    expect(await money()).toEqual({ committed: worst, spent: worst, holds: 0 });
  });

  test('is checked again for what another provider would cost', async () => {
    const busy = { attempt: haiku, spent: 'nothing', then: 'retry' } as const;
    const cheap = await tenant(worst);
    const { models } = scripted(busy, { attempt: luna, spent: used });
    await completeGoverned(models, cheap.call(), request);
    expect(await cheap.ledger()).toEqual([['settled', price, luna.model]]);
    const dear = await tenant(worst);
    const { models: others, made } = scripted(busy, { attempt: sol, spent: used });
    await expect(completeGoverned(others, dear.call(), request)).rejects.toThrow('limit.budget');
    expect(made).toEqual([haiku]);
    expect(await dear.ledger()).toEqual([['failed', 0n, haiku.model]]);
  });

  test('[VAL-1] of 10 dollars: told by 9.50, and the call that would exceed it is refused', async () => {
    const { call, alerts, money } = await tenant(10n * dollar);
    const big = { ...request, maxTokens: 1_000_000 };
    const { models } = scripted({ attempt: haiku, spent: final(usageOf(0, 950_000)) });
    for (let turn = 0; turn < 20; turn += 1) await completeGoverned(models, call(), big);
    expect((await money()).spent).toBe((95n * dollar) / 10n);
    expect(await alerts()).toEqual([80, 90]);
    await expect(completeGoverned(models, call({ inputTokens: 5 }), big)).rejects.toThrow('limit.budget');
    expect(await alerts()).toEqual([80, 90]);
  });

  test('is told of once, whoever comes to it at the same time', async () => {
    const { call, alerts } = await tenant(10n * worst);
    const { models } = scripted({ attempt: haiku, spent: final(usageOf(0, 1_000)) });
    const calls = Array.from({ length: 10 }, () =>
      completeGoverned(models, call({ inputTokens: 0 }), request),
    );
    await Promise.all(calls);
    for (let turn = 0; turn < 4; turn += 1)
      await completeGoverned(models, call({ inputTokens: 0 }), request).catch(() => undefined);
    await sweep(Date.now());
    expect(await alerts()).toEqual([80, 90]);
  });
});

describe('[AI-3] a stream', () => {
  test('that is read to its end is settled, and says what it cost', async () => {
    const { call, ledger } = await tenant();
    const stream = streamGoverned(scripted({ attempt: haiku, spent: used }).models, call(), request);
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    expect(types).toEqual(['start', 'text', 'stop']);
    expect(stream.outcome().costPico).toBe(price);
    expect(await ledger()).toEqual([['settled', price, haiku.model]]);
  });

  test('that its reader leaves is settled as well, and never free', async () => {
    const { call, ledger, money } = await tenant();
    const stream = streamGoverned(scripted({ attempt: haiku, spent: used }).models, call(), request);
    for await (const { type } of stream) if (type === 'start') break;
    expect(await ledger()).toEqual([['settled', price, haiku.model]]);
    expect((await money()).holds).toBe(0);
  });

  test('that nobody reads reserves nothing', async () => {
    const { call, money } = await tenant();
    streamGoverned(scripted({ attempt: haiku, spent: used }).models, call(), request);
    expect(await money()).toEqual({ committed: 0n, spent: 0n, holds: 0 });
  });
});

describe('[AI-3] after a crash', () => {
  const never = () => new Promise<void>(() => undefined);

  /** A call that reserves and is never heard of again. */
  async function crashed() {
    const found = await tenant();
    const reached = new Promise<void>((resolve) => {
      const meanwhile = () => (resolve(), never());
      const { models } = scripted({ attempt: haiku, spent: used, meanwhile });
      void completeGoverned(models, found.call({ deadlineMs: Date.now() + 500 }), request);
    });
    await reached;
    return found;
  }

  test('a hold stays until it is over, and is then counted as reserved, once', async () => {
    const { ledger, money } = await crashed();
    await sweep(Date.now() + 30_000);
    expect(await money()).toEqual({ committed: worst, spent: 0n, holds: 1 });
    await Promise.all([sweep(), sweep()]);
    await sweep();
    expect(await money()).toEqual({ committed: worst, spent: worst, holds: 0 });
    expect(await ledger()).toEqual([['expired', worst, haiku.model]]);
  });

  test('between ledger and settlement, the ledger decides', async () => {
    const { payer, ledger, money, founded } = await crashed();
    const { texts } = await readItem(payer.id, Date.now() + 5_000);
    const [name = ''] = [...texts.keys()].filter((key) => key.startsWith('h'));
    const hex = name.slice(name.indexOf('_') + 1);
    await chain.database.admin.query(
      `insert into app.ai_calls (tenant_id, id, started_at, status, feature, provider, model, rule, cost_pico,
         reserved_pico, request_id)
       values ($1, $2::uuid, now(), 'settled', 'chat', 'anthropic', 'm', 'r', $3, $4, 'test')`,
      [founded.tenantId, hex, String(price), String(worst)],
    );
    await sweep();
    expect(await money()).toEqual({ committed: price, spent: price, holds: 0 });
    expect(await ledger()).toEqual([['settled', price, 'm']]);
  });

  test('a row that the ledger could not take is written later, with its exact cost', async () => {
    const found = await tenant(dollar);
    const { models } = scripted({ attempt: haiku, spent: used });
    await completeGoverned(models, found.call(), request);
    const down = { transact: () => Promise.reject(new Error('the database is down')) };
    const { costPico } = await completeGoverned(models, found.call(down), request);
    expect(costPico).toBe(price);
    expect(await found.money()).toMatchObject({ committed: price + worst, holds: 2 });
    await sweep(Date.now());
    expect(await found.money()).toEqual({ committed: 2n * price, spent: 2n * price, holds: 0 });
    expect((await found.ledger()).map(([status]) => status)).toEqual(['settled', 'settled']);
  });
});

test('[LIM-1] the 101st call of a person in a day is refused, and one without a person is not', async () => {
  const { call, founded } = await tenant();
  const { models } = scripted({ attempt: haiku, spent: final(usageOf(1, 1)) });
  const userId = formatId('user', founded.userId);
  const small = { ...request, maxTokens: 1 };
  const ask = (more: Partial<GovernedCall>) =>
    completeGoverned(models, call({ inputTokens: 1, ...more }), small);
  const asked = await Promise.allSettled(Array.from({ length: 110 }, () => ask({ userId })));
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(100);
  await expect(ask({ userId })).rejects.toMatchObject({
    message: 'limit.usage',
    detail: { policy: 'ai_calls-day' },
  });
  await ask({ apiKeyId: newId('apiKey') });
});

describe('[AI-3] what a tenant decides', () => {
  test('binds the next call: a budget, an increase with a reason, and taking it back', async () => {
    const { payer, call, inTenant, founded } = await tenant(worst - 1n);
    const { models } = scripted({ attempt: haiku, spent: 'nothing' });
    const ask = () => completeGoverned(models, call(), request);
    await expect(ask()).rejects.toThrow('limit.budget');
    const by = { type: 'person', id: formatId('user', founded.userId) } as const;
    const increase = {
      ...{
        ...tenantScope,
        window: 'month' as const,
        id: randomUUID(),
        amountPico: 1n,
        reason: 'A launch',
        by,
      },
      expiresAt: new Date(Date.now() + 60_000),
    };
    await inTenant((tx) => increaseBudget(tx, increase, payer, soon()));
    await ask();
    expect(await inTenant((tx) => budgetStates(tx, payer, soon()))).toMatchObject([
      {
        kind: 'tenant',
        limitPico: worst - 1n,
        limitNowPico: worst,
        spentPico: 0n,
        reservedPico: 0n,
        isDefault: false,
      },
    ]);
    await inTenant((tx) => removeBudget(tx, { ...tenantScope, window: 'month' }, payer, soon()));
    await ask();
    await expect(
      inTenant((tx) => removeBudget(tx, { ...tenantScope, window: 'month' }, payer, soon())),
    ).rejects.toThrow('ai.unknown_budget');
  });

  test('is published again when its transaction failed after publishing', async () => {
    const { payer, inTenant, call } = await tenant(dollar);
    await expect(
      inTenant(async (tx) => {
        await setBudget(tx, monthly(1n), payer, soon());
        throw new Error('the commit fails');
      }),
    ).rejects.toThrow('the commit fails');
    const { models } = scripted({ attempt: haiku, spent: used });
    await expect(completeGoverned(models, call(), request)).rejects.toThrow('limit.budget');
    await inTenant((tx) => tx.query(sql`update app.ai_tenants set active_at = now()`));
    await sweep(Date.now());
    await completeGoverned(models, call(), request);
  });

  test('of more than 200 users, features and keys is refused with a clear error', async () => {
    const { payer, inTenant, founded } = await tenant(dollar);
    await chain.database.admin.query(
      `insert into app.ai_budgets (tenant_id, scope, subject, period, limit_pico, policy)
       select $1, 'feature', 'f' || n, 'month', 1, 'block' from generate_series(1, 199) n`,
      [founded.tenantId],
    );
    const one = (subject: string) =>
      ({ kind: 'feature', subject, window: 'day', limitPico: 1n, policy: 'block' }) as const;
    await inTenant((tx) => setBudget(tx, one('f7'), payer, soon()));
    await expect(inTenant((tx) => setBudget(tx, one('another'), payer, soon()))).rejects.toThrow(
      'ai.too_many_budgets',
    );
  });
});

test('[AI-3] the name of a hold says when it is over', () => {
  const callId = '0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11';
  expect(holdName({ callId, expiresMs: 1_700_000_000_001 })).toBe(
    'h1700000001_0192f1c87d2e7c3a9b1f3f0c5a4e2d11',
  );
});
