/**
 * Calls of models through the whole local stack: the gateway, the function with the template's role and environment,
 * the keys in their secrets, Postgres, DynamoDB, and the stand-in, whose invoice is the judge.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { Decision } from '#local/front/front.ts';
import type { ModelPart } from '#local/parts/model/model.ts';
import { parseCsv } from '#shared/ai/ledger/csv.ts';
import { toDollars } from '#shared/ai/pricing/pico.ts';
import { uuidOf } from '#shared/contract/ids.ts';
import { type BatterySite, startSite } from '#test/battery/support/site.ts';
import { type Api, type Caller, newCaller, newStaff } from './callers.ts';

let site: BatterySite;
let models: ModelPart;
let staff: Api;
let ours: Caller;
const decisions: Decision[] = [];

beforeAll(async () => {
  site = await startSite({ onDecision: (decision) => void decisions.push(decision) });
  if (site.stack.models === undefined) throw new Error('nothing stands in for models');
  models = site.stack.models;
  staff = await newStaff(site);
}, 120_000);
beforeEach(async () => {
  models.reset();
  ours = await newCaller(site);
});
afterAll(() => (site as BatterySite | undefined)?.stop());

const said = (content: string) => [{ role: 'user' as const, content }];
const hello = (content = 'Hello') => ({
  ...{ model: 'claude-haiku-5-5', max_tokens: 40 },
  messages: said(content),
});
const chat = (content = 'Hello') => ({ model: 'gpt-6-luna', max_tokens: 40, messages: said(content) });
const asked = (content = 'Hello') => ({ feature: 'chat' as const, maxTokens: 40, messages: said(content) });

type Row = { status: string; provider: string; model: string; cost_pico: string };

async function ledger(): Promise<Row[]> {
  const { rows } = await site.world.admin.query<Row>(
    'select status, provider, model, cost_pico from app.ai_calls where tenant_id = $1 order by started_at, id',
    [uuidOf(ours.tenant)],
  );
  return rows;
}

/** What the provider charges, and that the ledger says the same. */
async function expectInvoice(lines: number): Promise<bigint> {
  const [rows, invoice] = [await ledger(), models.invoice()];
  expect([rows.length, invoice.length]).toEqual([lines, lines]);
  const charged = invoice.reduce((sum, { picoDollars }) => sum + picoDollars, 0n);
  expect(rows.reduce((sum, { cost_pico }) => sum + BigInt(cost_pico), 0n)).toBe(charged);
  return charged;
}

/** What a call was refused with. */
async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'no refusal',
    (error: unknown) => error,
  );
}

const code = (code: string, status: number) => ({ status, problem: { code } });

function post(path: string, body: object, headers: Record<string, string> = {}, signal?: AbortSignal) {
  return fetch(`${site.url}${path}`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${ours.token}`, 'x-tenant-id': ours.tenant },
      ...{ 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
    },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

describe('[AI-1] the official clients, with our address and an API key', () => {
  test('get answers in one piece, priced to the invoice', async () => {
    const message = await ours.anthropic.messages.create(hello());
    expect(message).toMatchObject({ type: 'message', model: 'claude-haiku-5-5' });
    const { input_tokens, output_tokens } = message.usage;
    expect(models.invoice()[0]?.usage).toMatchObject({ input: input_tokens, output: output_tokens });
    const completion = await ours.openai.chat.completions.create(chat());
    expect(completion).toMatchObject({ object: 'chat.completion', model: 'gpt-6-luna' });
    expect(await expectInvoice(2)).toBeGreaterThan(0n);
  });

  test('get answers in pieces while they are made', async () => {
    const paced = 'Go on <<model: {"paceMs":60,"output":32}>>';
    const times: number[] = [];
    const stream = ours.anthropic.messages.stream(hello(paced));
    stream.on('text', () => times.push(Date.now()));
    const { content } = await stream.finalMessage();
    expect(content).toMatchObject([{ type: 'text' }]);
    // Four pieces, 60 ms apart: had anything kept them back, they would have come together.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(100);
    let text = '';
    for await (const { choices } of await ours.openai.chat.completions.create({ ...chat(), stream: true }))
      text += choices[0]?.delta.content ?? '';
    expect(text).not.toBe('');
    await expectInvoice(2);
  });

  test('read our refusals as their own', async () => {
    await ours.owner.ai.setBudget({ scope: 'tenant', window: 'month', limit: '0.000000000001' });
    expect(await refusalOf(ours.anthropic.messages.create(hello()))).toBeInstanceOf(Anthropic.RateLimitError);
    expect(await refusalOf(ours.openai.chat.completions.create(chat()))).toBeInstanceOf(
      OpenAI.RateLimitError,
    );
    expect(models.invoice()).toEqual([]);
  });
});

describe('[AI-9] [CAP-3] switches hold for the very next call', () => {
  const reason = 'A test of the switch';

  test('the platform’s kill switch, for everybody', async () => {
    await ours.owner.ai.complete(asked());
    await staff.platform.changeSettings({ reason, switchedOff: { ai: true } });
    try {
      expect(await refusalOf(ours.owner.ai.complete(asked()))).toMatchObject(
        code('capability.switched_off', 403),
      );
      expect((await post('/v1/ai/stream', asked())).status).toBe(403);
      expect(await refusalOf(ours.anthropic.messages.create(hello()))).toBeInstanceOf(
        Anthropic.PermissionDeniedError,
      );
    } finally {
      await staff.platform.changeSettings({ reason, switchedOff: { ai: false } });
    }
    await ours.owner.ai.complete(asked());
    await expectInvoice(2);
  });

  test('the tenant’s own, which stops nobody else', async () => {
    const others = await newCaller(site);
    await ours.owner.ai.complete(asked());
    await ours.owner.settings.update({ switchedOff: { ai: true } });
    expect(await refusalOf(ours.owner.ai.complete(asked()))).toMatchObject(
      code('capability.switched_off', 403),
    );
    await others.owner.ai.complete(asked());
    await ours.owner.settings.update({ switchedOff: { ai: false } });
    await ours.owner.ai.complete(asked());
  });

  test('the flag of one use, and the other uses go on', async () => {
    await ours.owner.ai.complete(asked());
    await ours.owner.settings.update({ flags: { ai_chat: false } });
    expect(await refusalOf(ours.owner.ai.complete(asked()))).toMatchObject(code('ai.feature_off', 403));
    await ours.owner.ai.complete({ ...asked(), feature: 'content' });
    await ours.anthropic.messages.create(hello());
  });

  test('[TEN-3] a suspended tenant calls no model, and a resumed one does', async () => {
    const { tenant: tenantId } = ours;
    await ours.owner.ai.complete(asked());
    await staff.platform.suspend({ tenantId, reason });
    expect(await refusalOf(ours.owner.ai.complete(asked()))).toMatchObject(code('tenant.suspended', 403));
    expect(await refusalOf(ours.anthropic.messages.create(hello()))).toBeInstanceOf(
      Anthropic.PermissionDeniedError,
    );
    await staff.platform.resume({ tenantId, reason });
    await ours.owner.ai.complete(asked());
    await expectInvoice(2);
  });
});

describe('[AI-2] [AI-3] [VAL-1] money', () => {
  test('ten calls are ten rows, whose export opens as CSV with nothing that a spreadsheet runs', async () => {
    const answers = [];
    for (let n = 0; n < 10; n += 1) answers.push(await ours.owner.ai.complete(asked(`Call ${n}`)));
    const charged = await expectInvoice(10);
    const run = '2026-11-20,"=HYPERLINK(""http://x"")",3,0.02,0.01,0.03';
    await ours.owner.ai.importCalls({
      csv: `date,startup,iterations,cost_claude,cost_chatgpt,total_cost\n${run}\n`,
      dryRun: false,
    });
    const day = 86_400_000;
    const { csv } = await ours.owner.ai.exportCalls({
      from: new Date(Date.now() - 30 * day).toISOString(),
      until: new Date(Date.now() + day).toISOString(),
    });
    const [head, ...rows] = parseCsv(csv).records.map(({ cells }) => cells);
    const column = (name: string) => rows.map((cells) => cells[head?.indexOf(name) ?? -1] ?? '');
    expect(rows.every(({ length }) => length === head?.length)).toBe(true);
    expect(column('call')).toEqual(expect.arrayContaining(answers.map(({ callId }) => callId)));
    expect(rows).toHaveLength(12);
    expect(column('run').filter((cell) => cell !== '')).toEqual(Array(2).fill('\'=HYPERLINK("http://x")'));
    expect(rows.flat().filter((cell) => /^\s*[=+\-@|]/.test(cell))).toEqual([]);
    const today = new Date().toISOString().slice(0, 10);
    const { lines } = await ours.owner.ai.costs({ by: 'feature', period: 'day', from: today, to: today });
    expect(lines).toMatchObject([{ key: 'chat', calls: 10, cost: toDollars(charged) }]);
  }, 60_000);

  test('a reader who leaves in the middle pays for all of the answer', async () => {
    const leaving = new AbortController();
    const body = asked('Go on <<model: {"paceMs":40,"output":40}>>');
    const { body: stream } = await post('/v1/ai/stream', body, {}, leaving.signal);
    await stream?.getReader().read();
    leaving.abort();
    for (let waited = 0; (await ledger()).length === 0 && waited < 100; waited += 1) await sleep(100);
    expect(await ledger()).toMatchObject([{ status: 'settled' }]);
    expect(models.invoice()).toMatchObject([{ usage: { output: 40 } }]);
    await expectInvoice(1);
  });

  test('at the end of a budget the refusal is a problem that says so, before anything is sent', async () => {
    await ours.owner.ai.complete(asked());
    await ours.owner.ai.setBudget({ scope: 'tenant', window: 'month', limit: '0.00001' });
    for (const path of ['/v1/ai/complete', '/v1/ai/stream']) {
      const answer = await post(path, asked());
      expect(answer.status).toBe(429);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await answer.json()).toMatchObject({ code: 'limit.budget', status: 429 });
    }
    await expectInvoice(1);
  });

  test('[API-1] a repeated call pays once, in every form', async () => {
    const forms: [path: string, body: object][] = [
      ['/v1/ai/complete', asked()],
      ['/v1/ai/stream', asked()],
      ['/v1/messages', { ...hello(), stream: true }],
      ['/v1/chat/completions', chat()],
    ];
    for (const [path, body] of forms) {
      const headers = { 'idempotency-key': randomUUID(), accept: 'application/problem+json' };
      const [first, second] = [await post(path, body, headers), await post(path, body, headers)];
      await first.text();
      expect([path, first.status, second.status]).toEqual([path, 200, 409]);
    }
    await expectInvoice(forms.length);
  });
});

describe('[AI-4] the plan and the task choose the model', () => {
  test.each([
    ['basic', { task: 'generate' }, 'claude-haiku-5-5', 'plan-basic'],
    ['pro', { task: 'generate' }, 'claude-sonnet-5-5', 'plan-pro'],
    ['pro', { task: 'qa', iteration: 1 }, 'claude-sonnet-5-5', 'plan-pro'],
    ['pro', { task: 'qa', iteration: 2 }, 'claude-haiku-5-5', 'qa-again'],
  ] as const)('on %s, %j goes to %s by the rule %s', async (plan, purpose, model, rule) => {
    ours = await newCaller(site, plan);
    expect(await ours.owner.ai.complete({ ...asked(), ...purpose })).toMatchObject({ model, rule });
    expect(models.invoice()).toMatchObject([{ model }]);
  });

  test('a tenant whose plan is raised gets the larger class with its next call', async () => {
    expect((await ours.owner.ai.complete(asked())).model).toBe('claude-haiku-5-5');
    await staff.platform.changePlan({ tenantId: ours.tenant, plan: 'pro', reason: 'Bought more' });
    expect((await ours.owner.ai.complete(asked())).model).toBe('claude-sonnet-5-5');
  });
});

describe('[AI-1] [OPS-5] providers are reached with what the template grants', () => {
  const granted = (action: string) =>
    decisions
      .filter((decision) => decision.action === action && decision.allowed)
      .map(({ resource }) => resource);

  test('their keys are read from the secrets of the cell', async () => {
    await ours.owner.ai.complete(asked());
    expect(granted('secretsmanager:GetSecretValue').join()).toMatch(/ModelKey-?anthropic/i);
  });

  test('Bedrock, where a caller wishes it first: the profile, and the model behind it', async () => {
    await ours.owner.ai.complete({ ...asked(), provider: 'bedrock' });
    const stream = await post('/v1/ai/stream', { ...asked(), provider: 'bedrock' });
    expect(await stream.text()).toContain('event: done');
    expect(await ledger()).toMatchObject([{ provider: 'bedrock' }, { provider: 'bedrock' }]);
    expect(models.invoice()).toMatchObject(Array(2).fill({ model: 'us.anthropic.claude-haiku-5-5' }));
    for (const action of ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream']) {
      expect(granted(action)).toEqual([
        'arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.anthropic.claude-haiku-5-5',
        'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-5-5',
      ]);
    }
    await expectInvoice(2);
  });

  test('another provider of the same class, where all of the first are down', async () => {
    const overloaded = { status: 529 };
    models.behaviours.queue(...Array<typeof overloaded>(6).fill(overloaded));
    const { model } = await ours.owner.ai.complete(asked());
    expect(model).toBe('gpt-6-luna');
    expect(await ledger()).toMatchObject([{ provider: 'openai', status: 'settled' }]);
    await expectInvoice(1);
  }, 30_000);
});
