/** What a caller may choose from and what a call would cost: over the whole chain, without anything being called. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aiOps } from '#shared/ai/ai.ops.ts';
import { tenantScope } from '#shared/ai/budgets/budget.ts';
import { readItem } from '#shared/ai/budgets/item.ts';
import { budgetLeftPercent, forgetBudgetsLeft } from '#shared/ai/budgets/left.ts';
import { publishBudgets } from '#shared/ai/budgets/publish.ts';
import type { Asked } from '#shared/ai/engine.ts';
import { ai } from '#shared/ai/module.ts';
import { dollar, toPico } from '#shared/ai/pricing/pico.ts';
import { priceOf } from '#shared/ai/pricing/price-of.ts';
import { worstCase } from '#shared/ai/pricing/worst-case.ts';
import { weighed, type Weighing } from '#shared/ai/routing/weigh.ts';
import { windowsAt } from '#shared/ai/budgets/reserve.ts';
import { modelOfClass } from '#shared/config/models.ts';
import type { Plan } from '#shared/config/plans.ts';
import type { RouteRule } from '#shared/config/routing.ts';
import { formatId } from '#shared/contract/ids.ts';
import { serve } from '#shared/middleware/serve.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

let chain: Chain;
let ours: Founded;
const handler = serve(ai, aiOps);

beforeAll(async () => {
  chain = await startChain();
});
beforeEach(async () => {
  ours = await foundTenant(chain.database.admin);
});
afterAll(() => chain?.stop());

async function call(path: string, body?: object): Promise<Answer> {
  const { userId: sub } = ours;
  return chain.call(handler, {
    ...{ method: body === undefined ? 'GET' : 'POST', path: `/v1/ai/${path}`, body },
    headers: { 'idempotency-key': randomUUID() },
    token: await chain.pool.token({ sub, email: `${sub}@example.com`, name: 'Owner' }),
  });
}

/** By the superuser, whom nobody has to be told of: the instance forgets what it knew. */
async function arrange(plan: Plan, exceptions: readonly RouteRule[] = []): Promise<void> {
  const { admin } = chain.database;
  await admin.query('update app.tenants set plan = $2 where id = $1', [ours.tenantId, plan]);
  await admin.query('insert into app.tenant_overrides (tenant_id, ai_routes) values ($1, $2)', [
    ours.tenantId,
    JSON.stringify(exceptions),
  ]);
}

type Model = { name: string; class: string; mayBeNamed: boolean; byDefault: boolean; prices: object[] };

async function models(): Promise<Model[]> {
  const { status, body } = await call('models');
  expect(status).toBe(200);
  return (body as { items: Model[] }).items;
}

describe('[AI-4] the models that answer a caller', () => {
  test.each<[Plan, string[], string]>([
    ['basic', ['haiku'], modelOfClass.haiku],
    ['pro', ['haiku', 'sonnet'], modelOfClass.sonnet],
    ['enterprise', ['haiku', 'sonnet', 'opus'], modelOfClass.sonnet],
  ])(
    'on the plan %s are of its classes, %j, with %s where none is named',
    async (plan, classes, byDefault) => {
      await arrange(plan);
      const found = await models();
      expect(new Set(found.map((model) => model.class))).toEqual(new Set(classes));
      expect(found.every(({ mayBeNamed }) => mayBeNamed)).toBe(true);
      expect(found.filter((model) => model.byDefault).map(({ name }) => name)).toEqual([byDefault]);
    },
  );

  test('are those as well that the platform sends it to, which it may not name', async () => {
    const when = { plan: ['enterprise' as const] };
    await arrange('basic', [
      { name: 'one', when: { task: ['qa'] }, use: 'opus' },
      { name: 'not-here', when, use: 'sonnet' },
    ]);
    const found = await models();
    expect(found.filter(({ mayBeNamed }) => !mayBeNamed).map(({ name }) => name)).toEqual([
      modelOfClass.opus,
    ]);
  });

  test('are told with what they can, how long they go, and each provider’s price with its source', async () => {
    expect((await models()).find(({ name }) => name === modelOfClass.haiku)).toMatchObject({
      ...{ abilities: ['tools', 'images', 'prompt_cache'], contextTokens: 1_000_000 },
      maxOutputTokens: 128_000,
      prices: [
        {
          ...{ provider: 'anthropic', input: '0.1', output: '0.5', cacheRead: '0.01', cacheWrite1h: '0.2' },
          ...{ longContext: { aboveTokens: 100_000, input: '0.5', output: '2.5' }, since: '2026-10-07' },
          source: expect.stringMatching(/^platform\.claude\.com/),
        },
        { provider: 'bedrock', input: '0.11' },
      ],
    });
  });
});

const question = (more: object = {}) => ({
  ...{ feature: 'chat', messages: [{ role: 'user', content: 'What is a tenant? '.repeat(50) }] },
  ...{ maxTokens: 200, ...more },
});

type Range = { from: number; to: number; most: number };
type Estimate = {
  model: string;
  rule: string;
  inputTokens: Range;
  outputTokens: Range;
  outputFrom: string;
  cost: { from: string; to: string; worst: string };
};

async function estimate(more: object = {}): Promise<Estimate> {
  const { status, body } = await call('count-cost', question(more));
  expect([status, body]).toEqual([200, expect.anything()]);
  return body as Estimate;
}

describe('[AI-2] what a call would cost', () => {
  test('is what the dearest provider of the model may charge at most, and what to expect', async () => {
    const { inputTokens: input, outputTokens: output, cost, ...rest } = await estimate();
    expect(rest).toEqual({ model: modelOfClass.haiku, rule: 'plan-basic', outputFrom: 'request' });
    expect(output).toEqual({ from: 20, to: 200, most: 200 });
    expect(input.from).toBeLessThan(input.to);
    expect(input.to).toBeLessThanOrEqual(input.most);
    const [from, until] = [new Date(), new Date()];
    const bounds = { inputTokens: input.most, outputTokens: 200, from, until };
    const onBedrock = { provider: 'bedrock', model: modelOfClass.haiku } as const;
    expect(toPico(cost.worst)).toBe(worstCase(onBedrock, bounds));
    const least = { input: input.from, output: 20, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    expect(toPico(cost.from)).toBe(
      priceOf({ provider: 'anthropic', model: modelOfClass.haiku }, least, from),
    );
    expect(toPico(cost.from)).toBeLessThan(toPico(cost.to));
    expect(toPico(cost.to)).toBeLessThan(toPico(cost.worst));
  });

  test('goes to the model that the call would go to', async () => {
    await arrange('pro');
    expect(await estimate()).toMatchObject({ model: modelOfClass.sonnet, rule: 'plan-pro' });
    expect(await estimate({ task: 'qa', iteration: 2 })).toMatchObject({ rule: 'qa-again' });
    expect(await estimate({ model: 'gpt-6-luna' })).toMatchObject({ model: 'gpt-6-luna', rule: 'wish' });
    expect(await call('count-cost', question({ model: 'opus' }))).toMatchObject({
      ...{ status: 404, body: { code: 'ai.unknown_model' } },
    });
  });

  test('counts the prompt that the tenant has in force', async () => {
    const without = await estimate({ messages: [{ role: 'user', content: 'x' }] });
    const prompt = { key: 'content.draft', variables: { topic: 'y'.repeat(10_000) } };
    const { inputTokens } = await estimate({ messages: [{ role: 'user', content: 'x' }], prompt });
    expect(inputTokens.most).toBeGreaterThan(without.inputTokens.most + 10_000);
  });

  test('expects answers as long as the tenant’s latest ones of the kind, and no others', async () => {
    const enter = (calls: number, outputTokens: number, more: { feature?: string; status?: string } = {}) =>
      chain.database.admin.query(
        `insert into app.ai_calls (tenant_id, id, started_at, status, feature, provider, model, rule, output_tokens,
           cost_pico, reserved_pico, request_id)
         select $1, gen_random_uuid(), now(), $5, $4, 'anthropic', $6, 'plan', $3, 1, 1, 'r' from generate_series(1, $2)`,
        [
          ours.tenantId,
          calls,
          outputTokens,
          more.feature ?? 'chat',
          more.status ?? 'settled',
          modelOfClass.haiku,
        ],
      );
    await enter(19, 50);
    await enter(40, 199, { feature: 'content' });
    await enter(40, 199, { status: 'bounded' });
    expect(await estimate()).toMatchObject({ outputFrom: 'request', outputTokens: { from: 20, to: 200 } });
    await enter(1, 60);
    expect(await estimate()).toMatchObject({
      outputFrom: 'ledger',
      outputTokens: { from: 50, to: 50, most: 200 },
    });
    // Never more than the call itself allows.
    expect((await estimate({ maxTokens: 30 })).outputTokens).toEqual({ from: 30, to: 30, most: 30 });
  });

  test('reserves nothing and calls nobody', async () => {
    const tenantId = formatId('tenant', ours.tenantId);
    const before = await readItem(tenantId, Date.now() + 5_000);
    await estimate();
    expect(await readItem(tenantId, Date.now() + 5_000)).toEqual(before);
    const { rows } = await chain.database.admin.query('select 1 from app.ai_calls where tenant_id = $1', [
      ours.tenantId,
    ]);
    expect(rows).toEqual([]);
  });
});

describe('[AI-4] what is left of a budget', () => {
  const asked = { feature: 'chat', task: 'generate', iteration: 1, request: { maxTokens: 10, messages: [] } };
  const caller = (plan: Plan, rules: readonly RouteRule[] = []): Weighing => ({
    tenant: {
      ...{ id: formatId('tenant', ours.tenantId), slug: ours.slug, plan, region: 'us', timeZone: 'UTC' },
    },
    actor: { type: 'person', id: formatId('user', ours.userId) },
    now: () => new Date(),
    routing: {
      ...{ exceptions: [], administrator: [], tenant: rules, preferred: { own: null, tenant: null } },
    },
  });
  const leftFor = async (plan: Plan, rules?: readonly RouteRule[]) =>
    (await weighed(caller(plan, rules), asked as Asked)).budgetLeftPercent;

  /** A tenant that has spent so many dollars of its ten of the month, and of its ten of the day for chat. */
  async function spent(dollars: bigint, onChat = 0n): Promise<void> {
    forgetBudgetsLeft();
    const [day, month] = windowsAt({ timeZone: 'UTC' }, new Date());
    const common = { policy: 'block', increases: [], limitPico: 10n * dollar } as const;
    const ofTenant = { ...common, ...tenantScope, window: 'month' } as const;
    const ofChat = { ...common, kind: 'feature', subject: 'chat', window: 'day' } as const;
    const seeds = [
      { budget: ofTenant, windowName: month, spentPico: dollars * dollar },
      { budget: ofChat, windowName: day, spentPico: onChat * dollar },
    ];
    const tenantId = formatId('tenant', ours.tenantId);
    await publishBudgets(tenantId, 1, { budgets: [ofTenant, ofChat], seeds }, Date.now() + 5_000);
  }

  test('is the least of all budgets of the call, in whole percent, and of no other', async () => {
    await spent(7n, 9n);
    expect(await leftFor('pro')).toBe(10);
    const moment = { now: new Date(), deadlineMs: Date.now() + 5_000 };
    expect(await budgetLeftPercent(caller('pro').tenant, { feature: 'content' }, moment)).toBe(30);
  });

  test('is nothing where more was spent than there is, and all of what nobody has spent', async () => {
    await spent(11n);
    expect(await leftFor('pro')).toBe(0);
    ours = await foundTenant(chain.database.admin);
    expect(await leftFor('pro')).toBe(100);
  });

  test('is not asked for where no answer changes the model', async () => {
    forgetBudgetsLeft();
    await chain.withoutDynamoDb(async () => {
      expect(await leftFor('basic')).toBeUndefined();
      const firm = { name: 'all', when: {}, use: 'haiku', firm: true };
      expect(await leftFor('pro', [firm])).toBeUndefined();
      await expect(leftFor('pro')).rejects.toMatchObject({ problem: { code: 'dependency.unavailable' } });
    });
  });

  test('is asked for between any two thresholds that rules name', async () => {
    await spent(6n);
    const when = (budgetLeftPercentUpTo: number) => ({ when: { budgetLeftPercentUpTo } });
    const rules = [
      { name: 'low', ...when(20), use: 'haiku' },
      { name: 'middle', ...when(50), use: 'sonnet' },
      { name: 'rest', when: {}, use: 'haiku' },
    ];
    expect(await leftFor('pro', rules)).toBe(40);
  });
});
