/**
 * Calls of models over the endpoints: through the chain, the budgets on a real table and the ledger on a real database,
 * to models that follow a script.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import type { Models } from '#shared/ai/accounting.ts';
import { callOps } from '#shared/ai/calls.ops.ts';
import { type Choose, governedEngine } from '#shared/ai/governed-engine.ts';
import type { ModelRequest } from '#shared/ai/model-call.ts';
import { ModelFailure } from '#shared/ai/model-failure.ts';
import { answerStream } from '#shared/middleware/serve-stream.ts';
import { answering } from '../../support/answering.ts';
import { type Answer, type Chain, type Handler, startChain } from '../../support/chain.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';
import { final, haiku, scripted, usageOf } from './scripted-models.ts';

let chain: Chain;
let ours: Founded;
/** What the models were asked, newest last. */
const heard: ModelRequest[] = [];
let failure: Error | undefined;

// 800 × 0.10 + 200 × 0.50 dollars a million
const cost = '0.00018';
const played = scripted({ attempt: haiku, spent: final(usageOf(800, 200)) }).models;
const models: Models = {
  ...played,
  complete: (request, options, accounting) => {
    heard.push(request);
    if (failure !== undefined) throw failure;
    return played.complete(request, options, accounting);
  },
};
const choose: Choose = ({ tenant }) => ({ model: haiku.model, rule: `plan ${tenant.plan}` });
const answer = answerStream(answering, callOps(governedEngine(models, choose)));

beforeAll(async () => {
  chain = await startChain();
});
beforeEach(async () => {
  ours = await foundTenant(chain.database.admin);
  failure = undefined;
});
afterAll(() => chain.stop());

const body = { feature: 'chat', messages: [{ role: 'user', content: 'Hello' }] };

type Asked = { path?: string; key?: string; body?: object; reads?: number };

async function call({
  path = 'complete',
  key = randomUUID(),
  reads = Infinity,
  ...asked
}: Asked = {}): Promise<Answer> {
  const { userId: sub } = ours;
  const handler: Handler = async (event) => {
    const result = await answer(event, { getRemainingTimeInMillis: () => 60_000 } as Context);
    const texts: string[] = [];
    for await (const text of result.events ?? []) {
      texts.push(text);
      if (texts.length >= reads) break;
    }
    return result.events === undefined ? result : { ...result, body: JSON.stringify(texts) };
  };
  return chain.call(handler, {
    ...{ method: 'POST', path: `/v1/ai/${path}`, headers: { 'idempotency-key': key } },
    body: { ...body, ...asked.body },
    token: await chain.pool.token({ sub, email: `${sub}@example.com`, name: 'Owner' }),
  });
}

async function ledger(): Promise<
  { status: string; feature: string; cost_pico: string; request_id: string }[]
> {
  const { rows } = await chain.database.admin.query(
    'select status, feature, rule, cost_pico, request_id from app.ai_calls where tenant_id = $1 order by started_at, id',
    [ours.tenantId],
  );
  return rows as Awaited<ReturnType<typeof ledger>>;
}

describe('[AI-2] [VAL-1] calls over the endpoints', () => {
  test('ten calls are ten rows of the ledger, and cost what the answers say', async () => {
    for (let n = 0; n < 10; n += 1) {
      const { status, body: answered } = await call();
      expect({ status, answered }).toMatchObject({
        status: 200,
        answered: { model: haiku.model, rule: 'plan basic', cost, usage: { input: 800, output: 200 } },
      });
    }
    const rows = await ledger();
    expect(rows).toHaveLength(10);
    for (const row of rows) {
      expect(row).toMatchObject({ status: 'settled', feature: 'chat', cost_pico: '180000000' });
    }
    expect(new Set(rows.map(({ request_id }) => request_id)).size).toBe(10);
  });

  test('one in pieces ends with its row and what it cost', async () => {
    const { status, body: texts } = await call({ path: 'stream' });
    expect(status).toBe(200);
    expect((texts as string[]).map((text) => /^event: (.*)$/m.exec(text)?.[1])).toEqual([
      ...['start', 'text', 'stop', 'done'],
    ]);
    expect((texts as string[]).at(-1)).toContain(`"cost":"${cost}"`);
    expect(await ledger()).toMatchObject([{ status: 'settled', cost_pico: '180000000' }]);
  });

  test('one whose reader leaves is settled as if they had stayed', async () => {
    await call({ path: 'stream', reads: 1 });
    expect(await ledger()).toMatchObject([{ status: 'settled', cost_pico: '180000000' }]);
  });
});

describe('[AI-3] [API-1] money', () => {
  test('a repeated call does not pay twice, in one piece or in pieces', async () => {
    for (const path of ['complete', 'stream']) {
      const key = randomUUID();
      expect((await call({ path, key })).status).toBe(200);
      expect(await call({ path, key })).toMatchObject({
        status: 409,
        body: { code: 'idempotency.answer_not_kept' },
      });
    }
    expect(await ledger()).toHaveLength(2);
  });

  test('a call beyond the budget is refused before its first byte, and its key is good later', async () => {
    await chain.database.admin.query(
      `insert into app.ai_budgets (tenant_id, scope, subject, period, limit_pico, policy)
       values ($1, 'tenant', '', 'month', 1, 'block')`,
      [ours.tenantId],
    );
    const key = randomUUID();
    for (const path of ['complete', 'stream']) {
      const { status, headers, body: refused } = await call({ path });
      expect({ status, refused }).toMatchObject({ status: 429, refused: { code: 'limit.budget' } });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(await call({ key })).toMatchObject({ body: { code: 'limit.budget' } });
    expect(await call({ key })).toMatchObject({ body: { code: 'limit.budget' } });
    expect(await ledger()).toEqual([]);
  });
});

describe('[AI-1] [AI-5] what is asked and answered', () => {
  test('the prompt of the tenant, with the preferences of whoever calls, comes before what they add', async () => {
    await chain.database.admin.query(
      "insert into app.ai_user_preferences (tenant_id, user_id, tone) values ($1, $2, 'casual')",
      [ours.tenantId, ours.userId],
    );
    await call({ body: { prompt: { key: 'content.summary', variables: {} }, system: 'In English.' } });
    const { system } = heard.at(-1) ?? {};
    expect(system).toMatch(/^Summarise .*\nWrite in a casual, friendly tone\.\n\nIn English\.$/s);
  });

  test.each([
    [new ModelFailure('rate_limited', { retryAfterMs: 7_000 }), 429, 'ai.rate_limited'],
    [new ModelFailure('unavailable'), 503, 'ai.unavailable'],
    [new ModelFailure('refused'), 422, 'ai.refused'],
    [new ModelFailure('too_long'), 422, 'ai.too_long'],
  ])('%s is told in words that name no provider', async (reason, status, code) => {
    failure = reason;
    const answered = await call();
    expect(answered).toMatchObject({ status, body: { code } });
    expect(JSON.stringify(answered)).not.toMatch(/anthropic|openai|bedrock/i);
  });
});
