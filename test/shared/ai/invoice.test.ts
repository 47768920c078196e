/**
 * Every way to call a model, to a provider's stand-in that writes its own invoice: what the ledger says a tenant has
 * spent is what the provider charges, to the pico-dollar.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { type ModelPart, startModel } from '#local/parts/model/model.ts';
import { callOps } from '#shared/ai/calls.ops.ts';
import { governedEngine } from '#shared/ai/governed-engine.ts';
import { anthropic } from '#shared/ai/providers/anthropic.ts';
import { callModels } from '#shared/ai/providers/call-model.ts';
import { chooseModel } from '#shared/ai/routing/choose.ts';
import { answerStream } from '#shared/middleware/serve-stream.ts';
import { answering } from '../../support/answering.ts';
import { type Answer, type Chain, type Handler, startChain } from '../../support/chain.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

let chain: Chain;
let provider: ModelPart;
let ours: Founded;
let handler: Handler;

beforeAll(async () => {
  [chain, provider] = await Promise.all([startChain(), startModel()]);
  const models = callModels({
    providers: { anthropic: anthropic({ apiKey: 'stand-in', baseUrl: provider.url }) },
    region: 'us-east-1',
  });
  const engine = governedEngine(models, chooseModel);
  const answer = answerStream(answering, callOps(engine));
  handler = async (event) => {
    const result = await answer(event, { getRemainingTimeInMillis: () => 60_000 } as Context);
    const texts: string[] = [];
    for await (const text of result.events ?? []) texts.push(text);
    return result.events === undefined ? result : { ...result, body: JSON.stringify(texts) };
  };
});
beforeEach(async () => {
  provider.reset();
  ours = await foundTenant(chain.database.admin);
});
afterAll(async () => {
  await Promise.all([chain?.stop(), provider?.stop()]);
});

async function call(path: string, body: object): Promise<Answer> {
  const { userId: sub } = ours;
  return chain.call(handler, {
    ...{ method: 'POST', path, body, headers: { 'idempotency-key': randomUUID() } },
    token: await chain.pool.token({ sub, email: `${sub}@example.com`, name: 'Owner' }),
  });
}

async function ledger() {
  const { rows } = await chain.database.admin.query<{ status: string; cost_pico: string }>(
    'select status, cost_pico from app.ai_calls where tenant_id = $1',
    [ours.tenantId],
  );
  return { rows, totalPico: rows.reduce((sum, { cost_pico }) => sum + BigInt(cost_pico), 0n) };
}

const charged = () => provider.invoice().reduce((sum, { picoDollars }) => sum + picoDollars, 0n);

test('[AI-1] [AI-2] [VAL-1] ten calls, in every form, are ten rows, and add up to the provider’s invoice', async () => {
  const said = (content: string) => [{ role: 'user', content }];
  const kept = { type: 'text', text: 'The catalogue. '.repeat(600), cache_control: { type: 'ephemeral' } };
  const model = { model: 'claude-haiku-5-5' };
  const calls: [path: string, body: object][] = [
    ['/v1/ai/complete', { feature: 'chat', messages: said('One'), maxTokens: 200 }],
    ['/v1/ai/stream', { feature: 'content', messages: said('Two'), maxTokens: 200 }],
    ['/v1/messages', { ...model, max_tokens: 200, messages: said('Three') }],
    ['/v1/messages', { ...model, max_tokens: 200, messages: said('Four'), stream: true }],
    ['/v1/messages', { ...model, max_tokens: 200, messages: said('Five'), system: [kept] }],
    ['/v1/messages', { ...model, max_tokens: 200, messages: said('Six'), system: [kept], stream: true }],
    ['/v1/chat/completions', { ...model, messages: said('Seven') }],
    ['/v1/chat/completions', { ...model, messages: said('Eight'), stream: true }],
    ['/v1/ai/complete', { feature: 'chat', messages: said('Nine <<model: {"status":529,"times":1}>>') }],
    ['/v1/ai/complete', { feature: 'suggestions', messages: said('Ten'), maxTokens: 1 }],
  ];
  for (const [path, body] of calls) {
    const { status, body: answered } = await call(path, body);
    expect([path, status, status === 200 ? '' : answered]).toEqual([path, 200, '']);
  }
  const { rows, totalPico } = await ledger();
  expect(rows.map(({ status }) => status)).toEqual(Array(10).fill('settled'));
  expect(provider.invoice()).toHaveLength(10);
  expect(totalPico).toBe(charged());
  expect(totalPico).toBeGreaterThan(0n);
}, 60_000);

test('[AI-3] an answer that breaks off is never free, and never cheaper than the invoice', async () => {
  const messages = [{ role: 'user', content: 'Tell me <<model: {"cutAfter":3,"output":40}>>' }];
  const { status, body } = await call('/v1/ai/stream', { feature: 'chat', messages, maxTokens: 100 });
  expect(status).toBe(200);
  expect((body as string[]).at(-1)).toMatch(/^event: error\n.*"code":"ai\.unavailable"/);
  const { rows, totalPico } = await ledger();
  expect(rows).toHaveLength(1);
  expect(totalPico).toBeGreaterThanOrEqual(charged());
  expect(charged()).toBeGreaterThan(0n);
});

test.each([
  ['basic', { task: 'generate' }, 'claude-haiku-5-5'],
  ['pro', { task: 'generate' }, 'claude-sonnet-5-5'],
  ['pro', { task: 'qa', iteration: 2 }, 'claude-haiku-5-5'],
  ['enterprise', { task: 'qa', iteration: 1 }, 'claude-sonnet-5-5'],
])('[AI-4] on the plan %s a call of %j goes to %s', async (plan, purpose, model) => {
  await chain.database.admin.query('update app.tenants set plan = $2 where id = $1', [ours.tenantId, plan]);
  const messages = [{ role: 'user', content: 'Hello' }];
  const { body } = await call('/v1/ai/complete', { feature: 'chat', messages, maxTokens: 20, ...purpose });
  expect(body).toMatchObject({ model });
  expect(provider.invoice()).toMatchObject([{ model }]);
});
