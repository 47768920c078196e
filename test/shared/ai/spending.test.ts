/** The ledger and the budgets as their owners see them: over the whole chain, on a real database and table. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aiOps } from '#shared/ai/ai.ops.ts';
import { ai } from '#shared/ai/module.ts';
import { serve } from '#shared/middleware/serve.ts';
import { type Answer, type Chain, type Request, startChain } from '../../support/chain.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

let chain: Chain;
let ours: Founded;
let theirs: Founded;
const handler = serve(ai, aiOps);

beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

async function found(): Promise<void> {
  [ours, theirs] = [await foundTenant(chain.database.admin), await foundTenant(chain.database.admin)];
}

type Asked = Omit<Request, 'path' | 'token' | 'method'> & { method?: string; as?: Founded };

async function call(path: string, { method = 'GET', as = ours, ...request }: Asked = {}): Promise<Answer> {
  return chain.call(handler, {
    ...{ ...request, method, path: `/v1/ai/${path}` },
    headers: { 'idempotency-key': randomUUID() },
    token: await chain.pool.token({ sub: as.userId, email: `${as.userId}@example.com`, name: 'Owner' }),
  });
}

const set = (body: object, as?: Founded) =>
  call('budgets', { method: 'PUT', body, ...(as === undefined ? {} : { as }) });
const budgets = async (as?: Founded) =>
  ((await call('budgets', as === undefined ? {} : { as })).body as { items: object[] }).items;
const refused = (status: number, code: string) => ({ status, body: { code } });

/** A call as the ledger keeps it. */
async function enter(
  { tenantId, userId }: Founded,
  call: { feature?: string; model?: string; at?: string; cost?: string },
): Promise<void> {
  const { feature = 'chat', model = 'claude-haiku-5-5', at = '2026-11-02T10:00:00Z', cost = '1' } = call;
  await chain.database.admin.query(
    `insert into app.ai_calls (tenant_id, id, started_at, status, user_id, feature, provider, model, rule,
       input_tokens, output_tokens, cost_pico, reserved_pico, request_id)
     values ($1, $2, $3, 'settled', $4, $5, 'anthropic', $6, 'plan', 100, 10, $7::numeric * 1000000000000, 0, 'r')`,
    [tenantId, randomUUID(), at, userId, feature, model, cost],
  );
}

describe('[AI-3] budgets', () => {
  beforeAll(found);

  test('a tenant that has set none has its plan’s for the month', async () => {
    expect(await budgets()).toEqual([
      {
        ...{ scope: 'tenant', window: 'month', policy: 'block', isDefault: true },
        ...{ limit: '10', limitNow: '10', spent: '0', reserved: '0' },
      },
    ]);
  });

  test('one is set for the tenant, a person, a feature or a key, and is nobody else’s', async () => {
    const userId = `usr_${ours.userId}`;
    await set({ scope: 'tenant', window: 'month', limit: '25.5' });
    await set({ scope: 'user', subject: userId, window: 'day', limit: '2' });
    const { body } = await set({
      scope: 'feature',
      subject: 'chat',
      window: 'day',
      limit: '3',
      policy: 'overage',
    });
    expect((body as { items: object[] }).items).toMatchObject([
      { scope: 'feature', subject: 'chat', window: 'day', limit: '3', policy: 'overage', isDefault: false },
      { scope: 'tenant', window: 'month', limit: '25.5', policy: 'block', isDefault: false },
      { scope: 'user', subject: userId, window: 'day', limit: '2' },
    ]);
    expect(await budgets(theirs)).toMatchObject([{ isDefault: true }]);
  });

  test('more is granted for a while, with a reason in the trail', async () => {
    const increase = {
      scope: 'feature',
      subject: 'chat',
      window: 'day',
      amount: '1.25',
      reason: 'Month’s end',
    };
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { status, body } = await call('budgets/increases', {
      ...{ method: 'POST', body: { ...increase, expiresAt } },
    });
    expect(status).toBe(201);
    expect((body as { items: object[] }).items[0]).toMatchObject({ limit: '3', limitNow: '4.25' });
    const { rows } = await chain.database.admin.query(
      "select reason, target_id from app.audit_events where action = 'ai.budget_increased' and tenant_id = $1",
      [ours.tenantId],
    );
    expect(rows).toEqual([{ reason: 'Month’s end', target_id: 'feature chat day' }]);
    const past = await call('budgets/increases', {
      ...{ method: 'POST', body: { ...increase, expiresAt: '2026-01-01T00:00:00Z' } },
    });
    expect(past).toMatchObject(refused(400, 'request.invalid'));
  });

  test('is removed; one that does not exist is not found', async () => {
    const asked = { method: 'POST', body: { scope: 'feature', subject: 'chat', window: 'day' } };
    expect((await call('budgets/remove', asked)).status).toBe(200);
    expect(await budgets()).toHaveLength(2);
    expect(await call('budgets/remove', asked)).toMatchObject(refused(404, 'ai.unknown_budget'));
  });

  test('a subject that does not fit its scope is refused', async () => {
    const common = { window: 'day', limit: '1' };
    const subjects = [
      { scope: 'tenant', subject: 'chat' },
      { scope: 'user' },
      { scope: 'user', subject: 'chat' },
      { scope: 'feature', subject: `usr_${ours.userId}` },
      { scope: 'api_key', subject: `usr_${ours.userId}` },
    ];
    const stranger = { ...common, scope: 'user', subject: `usr_${theirs.userId}` };
    expect(await set(stranger)).toMatchObject(refused(404, 'resource.not_found'));
    for (const subject of subjects) {
      expect(await set({ ...common, ...subject })).toMatchObject(refused(400, 'ai.wrong_subject'));
    }
  });

  test('is not changed while the table with the counters is away', async () => {
    await chain.withoutDynamoDb(async () => {
      const { status } = await set({ scope: 'tenant', window: 'month', limit: '99' });
      expect(status).toBe(503);
    });
    expect(await budgets()).toContainEqual(expect.objectContaining({ scope: 'tenant', limit: '25.5' }));
  });
});

describe('[AI-2] the ledger', () => {
  beforeAll(async () => {
    await found();
    await enter(ours, { at: '2026-11-01T10:00:00Z', cost: '0.000000000001' });
    await enter(ours, { at: '2026-11-02T10:00:00Z', cost: '2', feature: '=HYPERLINK("x")' });
    await enter(ours, { at: '2026-11-09T10:00:00Z', cost: '3', model: 'claude-sonnet-5-5' });
    await enter(theirs, { cost: '100' });
  });

  test('lists every call of the tenant, newest first, to the pico-dollar, page by page', async () => {
    const { body } = await call('calls', { query: { limit: '2' } });
    const first = body as { items: object[]; nextCursor: string };
    expect(first.items).toMatchObject([
      { at: '2026-11-09T10:00:00.000Z', model: 'claude-sonnet-5-5', cost: '3', userId: `usr_${ours.userId}` },
      { cost: '2', inputTokens: 100, outputTokens: 10 },
    ]);
    const rest = await call('calls', { query: { limit: '2', cursor: first.nextCursor } });
    expect(rest.body).toMatchObject({ items: [{ cost: '0.000000000001' }], nextCursor: null });
  });

  test('adds up by feature, user, model, day, week and month', async () => {
    const costs = async (by: string, period: string) => {
      const query = { by, period, from: '2026-11-01', to: '2026-11-10' };
      const { lines } = (await call('costs', { query })).body as {
        lines: { key: string; starts: string; cost: string; calls: number }[];
      };
      return lines.filter(({ calls }) => calls > 0).map(({ key, starts, cost }) => [key, starts, cost]);
    };
    expect(await costs('user', 'month')).toEqual([[`usr_${ours.userId}`, '2026-11-01', '5.000000000001']]);
    expect(await costs('model', 'month')).toEqual([
      ['claude-haiku-5-5', '2026-11-01', '2.000000000001'],
      ['claude-sonnet-5-5', '2026-11-01', '3'],
    ]);
    expect(await costs('total', 'week')).toEqual([
      ['total', '2026-10-26', '0.000000000001'],
      ['total', '2026-11-02', '2'],
      ['total', '2026-11-09', '3'],
    ]);
    expect((await costs('feature', 'day')).length).toBe(3);
  });

  test('is exported as CSV, with cells escaped that a spreadsheet would run', async () => {
    const query = { from: '2026-11-01T00:00:00Z', until: '2026-11-03T00:00:00Z' };
    const { body } = await call('calls/export', { query });
    const { csv, rows } = body as { csv: string; rows: number };
    expect(rows).toBe(2);
    expect(csv.split('\r\n')[0]).toMatch(/^time,call,status,user,/);
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
    expect(csv).not.toMatch(/,=/);
  });

  test('takes over a run log: first dry, then once, and tells every mistake with its line', async () => {
    const head = 'date,startup,iterations,cost_claude,cost_chatgpt,total_cost\n';
    const good = `${head}2026-10-01,Acme,3,0.5,0.25,0.75\n2026-10-02,Beta,1,1,0,1\n`;
    const send = async (csv: string, dryRun: boolean) =>
      (await call('calls/import', { method: 'POST', body: { csv, dryRun } })).body;
    expect(await send(good, true)).toMatchObject({
      runs: 2,
      entries: 3,
      known: 0,
      total: '1.75',
      problems: [],
    });
    expect(await send(good, false)).toMatchObject({ entries: 3, known: 0 });
    expect(await send(good, false)).toMatchObject({ entries: 0, known: 3 });
    expect(await send(`${good}2026-02-31,Gamma,x,1,1,2\n`, false)).toMatchObject({
      entries: 0,
      problems: [
        { line: 4, column: 'date' },
        { line: 4, column: 'iterations' },
      ],
    });
  });

  test('refuses times that end before they begin, or are longer than a year', async () => {
    const ranges = [
      ['2026-11-02', '2026-11-01'],
      ['2024-01-01', '2026-11-01'],
    ] as const;
    for (const [from, to] of ranges) {
      expect(await call('costs', { query: { from, to } })).toMatchObject(refused(400, 'request.invalid'));
    }
  });

  test('is for those who may see costs: an operator who calls models does not', async () => {
    await chain.database.admin.query("update app.memberships set role = 'operator' where user_id = $1", [
      theirs.userId,
    ]);
    for (const path of ['calls', 'budgets']) {
      expect(await call(path, { as: theirs })).toMatchObject(refused(403, 'auth.forbidden'));
    }
  });
});
