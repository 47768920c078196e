import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ModelPart, startModel } from '#local/parts/model/model.ts';
import type { Models } from '#shared/ai/accounting.ts';
import type { ProviderName } from '#shared/ai/model-call.ts';
import { ModelFailure, problemOf } from '#shared/ai/model-failure.ts';
import { callModels, type CallerOptions } from '#shared/ai/providers/call-model.ts';
import { all, asking, payer, providersAt, within } from './stage.ts';

let part: ModelPart;
const pauses: number[] = [];
const failures: unknown[] = [];

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  part = await startModel({ seed: 'call-model' });
});
afterAll(() => part.stop());
beforeEach(() => {
  part.reset();
  pauses.length = 0;
  failures.length = 0;
});

function models(names: ProviderName[], more: Partial<CallerOptions> = {}): Models {
  const every = providersAt(part.url);
  return callModels({
    providers: Object.fromEntries(names.map((name) => [name, every[name]])),
    region: 'us-east-1',
    random: () => 0.5,
    sleep: async (ms) => {
      pauses.push(ms);
    },
    onFailure: (failed) => failures.push(failed),
    ...more,
  });
}

const mark = (behaviour: object): string => `<<model: ${JSON.stringify(behaviour)}>>`;
const offered: [ProviderName, string][] = [
  ['anthropic', 'claude-haiku-5-5'],
  ['bedrock', 'claude-haiku-5-5'],
  ['openai', 'gpt-6-luna'],
];

describe('[AI-1] each provider behind the one interface', () => {
  test.each(offered)('%s answers, with the usage that is on the invoice', async (name, model) => {
    const { attempts, accounting } = payer();
    const answer = await models([name]).complete(asking('Hello', { model }), within(5_000), accounting);
    expect(answer.model).toBe(model);
    expect(answer.content[0]).toMatchObject({ type: 'text', text: expect.stringMatching(/\w+ \w+/) });
    expect(part.invoice().map(({ usage }) => usage)).toEqual([answer.usage]);
    expect(attempts).toEqual([
      { attempt: { provider: name, model }, spent: { usage: answer.usage, final: true } },
    ]);
  });

  test.each(offered)('%s answers in pieces, which end with the usage of the invoice', async (name, model) => {
    const { attempts, accounting } = payer();
    const events = await all(models([name]).stream(asking('Hi', { model }), within(5_000), accounting));
    expect(events[0]).toMatchObject({ type: 'start', model });
    const last = events.at(-1);
    const usage = part.invoice()[0]?.usage;
    expect(last).toMatchObject({ type: 'stop', usage });
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(0);
    expect(attempts[0]?.spent).toEqual({ usage, final: true });
  });

  test.each(offered)('%s uses tools, and takes what they said', async (name, model) => {
    const tools = [{ name: 'look', description: 'Looks', input_schema: { type: 'object' } }];
    const request = asking('the weather', { model, tools, toolChoice: { type: 'tool', name: 'look' } });
    const { accounting } = payer();
    const answer = await models([name]).complete(request, within(5_000), accounting);
    expect(answer).toMatchObject({
      stopReason: 'tool_use',
      content: [{ type: 'tool_use', name: 'look', input: { echo: 'the weather' } }],
    });
    const use = answer.content[0];
    if (use?.type !== 'tool_use') throw new Error('no tool was used');
    const pieces = await all(models([name]).stream(request, within(5_000), accounting));
    const json = pieces.flatMap((event) => (event.type === 'json' ? [event.json] : [])).join('');
    expect(JSON.parse(json)).toEqual({ echo: 'the weather' });
    const after = await models([name]).complete(
      {
        ...request,
        toolChoice: undefined,
        messages: [
          ...request.messages,
          { role: 'assistant', content: [use] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'rain' }] },
        ],
      },
      within(5_000),
      accounting,
    );
    expect(after.content[0]).toMatchObject({ text: expect.stringContaining('rain') });
  });

  test.each<[ProviderName, string]>([
    ['openai', 'text-embedding-3-small'],
    ['bedrock', 'titan-embed-text-v2'],
  ])('%s turns texts into vectors', async (name, model) => {
    const answer = await models([name]).embed(
      { model, input: ['one', 'two'] },
      within(5_000),
      payer().accounting,
    );
    expect(answer.vectors).toHaveLength(2);
    expect(answer.vectors[0]).not.toEqual(answer.vectors[1]);
    const billed = part.invoice().reduce((sum, { usage }) => sum + usage.input, 0);
    expect(answer.usage.input).toBe(billed);
  });

  test('what is kept of a prompt is charged as written, then as read, each by its time', async () => {
    const long = 'word '.repeat(3_000);
    const block = {
      type: 'text' as const,
      text: long,
      cache_control: { type: 'ephemeral' as const, ttl: '1h' as const },
    };
    const request = asking('Go', { system: [block] });
    const first = await models(['anthropic']).complete(request, within(5_000), payer().accounting);
    const second = await models(['anthropic']).complete(request, within(5_000), payer().accounting);
    expect(first.usage.cacheWrite1h).toBeGreaterThan(2_000);
    expect(second.usage).toMatchObject({
      cacheRead: first.usage.cacheWrite1h,
      cacheWrite1h: 0,
      cacheWrite5m: 0,
    });
    expect(part.invoice().map(({ usage }) => usage)).toEqual([first.usage, second.usage]);
  });
});

describe('[AI-1] tries and fallbacks', () => {
  test('a busy provider is tried again, not before it said', async () => {
    const { attempts, accounting } = payer();
    const text = mark({ status: 429, retryAfterSeconds: 1, times: 2 });
    await models(['anthropic']).complete(asking(text), within(20_000), accounting);
    expect(attempts.map(({ spent }) => spent)).toEqual([
      'nothing',
      'nothing',
      expect.objectContaining({ final: true }),
    ]);
    expect(pauses).toHaveLength(2);
    for (const ms of pauses) expect(ms).toBeGreaterThanOrEqual(1_000);
  });

  test('nobody waits beyond the deadline of the call', async () => {
    const { attempts, accounting } = payer();
    const text = mark({ status: 429, retryAfterSeconds: 10 });
    const call = models(['anthropic']).complete(asking(text), within(5_000), accounting);
    await expect(call).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 10_000 });
    expect([attempts.length, pauses]).toEqual([1, []]);
  });

  test('somebody else is asked when one stays down: the same model first, then one of its class', async () => {
    const { attempts, accounting } = payer();
    const text = mark({ status: 529 });
    const call = models(['anthropic', 'bedrock', 'openai']).complete(
      asking(text),
      within(20_000),
      accounting,
    );
    await expect(call).rejects.toMatchObject({ kind: 'unavailable' });
    const asked = attempts.map(({ attempt }) => `${attempt.provider} ${attempt.model}`);
    expect(asked).toEqual([
      ...new Array<string>(3).fill('anthropic claude-haiku-5-5'),
      ...new Array<string>(3).fill('bedrock claude-haiku-5-5'),
      ...new Array<string>(3).fill('openai gpt-6-luna'),
    ]);
    expect(part.invoice()).toEqual([]);
  });

  test('a stream that did not begin is asked for elsewhere; the wished provider comes first', async () => {
    const { attempts, accounting } = payer();
    part.behaviours.queue({ status: 529 }, { status: 529 }, { status: 529 });
    const events = models(['anthropic', 'bedrock']).stream(
      asking('Hello'),
      within(20_000, { provider: 'bedrock' }),
      accounting,
    );
    expect((await all(events)).at(-1)?.type).toBe('stop');
    expect(attempts.map(({ attempt }) => attempt.provider)).toEqual([
      'bedrock',
      'bedrock',
      'bedrock',
      'anthropic',
    ]);
  });

  test('nothing is sent for which there is no money, and the reason is what went wrong before', async () => {
    const { attempts, accounting } = payer(1);
    const text = mark({ status: 529 });
    const call = models(['anthropic', 'bedrock']).complete(asking(text), within(20_000), accounting);
    await expect(call).rejects.toMatchObject({ kind: 'unavailable' });
    expect(attempts).toHaveLength(1);
    const none = models(['anthropic']).complete(asking('Hello'), within(5_000), payer(0).accounting);
    await expect(none).rejects.toThrow('there is no money');
    expect(part.invoice()).toEqual([]);
  });

  test('an answer that does not come in time may have cost anything', async () => {
    const { attempts, accounting } = payer();
    const quick = models(['anthropic'], { attemptTimeoutMs: 200 });
    const call = quick.complete(asking(mark({ slowMs: 5_000 })), within(20_000), accounting);
    await expect(call).rejects.toMatchObject({ kind: 'timeout' });
    expect(attempts.map(({ spent }) => spent)).toEqual(['unknown']);
    expect(part.invoice()).toHaveLength(1);
  });

  test.each(offered)('%s breaks off: what was seen is told, nobody else is asked', async (name, model) => {
    const { attempts, accounting } = payer();
    const text = mark({ cutAfter: 4, output: 100 });
    const events = models([name]).stream(asking(text, { model }), within(5_000), accounting);
    await expect(all(events)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.spent).toMatchObject({ final: false });
    expect(part.invoice()[0]).toMatchObject({ ended: 'cut' });
  });

  test('a reader who leaves is accounted for once', async () => {
    const { attempts, accounting } = payer();
    const text = mark({ output: 200, paceMs: 20 });
    for await (const event of models(['anthropic']).stream(asking(text), within(5_000), accounting)) {
      if (event.type === 'text') break;
    }
    expect(attempts[0]?.spent).toMatchObject({ final: false, usage: { input: expect.any(Number) } });
  });
});

describe('[AI-1] what is told of failures', () => {
  test.each(offered)('%s: each kind has its word, and none names the provider', async (name, model) => {
    const secret = 'a sentence of the prompt';
    const kinds: [object, string, string][] = [
      [{ status: 429, retryAfterSeconds: 60 }, 'rate_limited', 'ai.rate_limited'],
      [{ status: 500 }, 'unavailable', 'ai.unavailable'],
      [{ status: 401 }, 'unavailable', 'ai.unavailable'],
      [{ status: 400, message: `prompt is too long: ${secret}` }, 'too_long', 'ai.too_long'],
      [{ status: 400, message: `temperature: ${secret}` }, 'invalid', 'request.invalid'],
    ];
    for (const [behaviour, kind, code] of kinds) {
      part.behaviours.queue(behaviour, behaviour, behaviour);
      const call = models([name]).complete(asking('Hello', { model }), within(5_000), payer().accounting);
      const failure = await call.catch((error: unknown) => error);
      if (!(failure instanceof ModelFailure)) throw new Error(`not a failure: ${String(failure)}`);
      const problem = problemOf(failure);
      expect([failure.kind, problem.problem.code]).toEqual([kind, code]);
      const told = JSON.stringify([failure.message, problem.problem, problem.detail, problem.message]);
      expect(told).not.toMatch(new RegExp(`anthropic|openai|bedrock|claude|gpt|${secret}`, 'i'));
      part.reset();
    }
    expect(JSON.stringify(failures)).not.toContain(secret);
  });

  test('a refusal is an answer, and is paid for', async () => {
    const answer = await models(['anthropic']).complete(
      asking(mark({ refuse: true })),
      within(5_000),
      payer().accounting,
    );
    expect(answer.stopReason).toBe('refusal');
    expect(part.invoice()).toHaveLength(1);
  });

  test('nobody there, nothing spent', async () => {
    const other = await startModel();
    await other.stop();
    const gone = callModels({
      providers: { anthropic: providersAt(other.url).anthropic },
      region: 'us-east-1',
    });
    const { attempts, accounting } = payer();
    await expect(gone.complete(asking('Hello'), within(1_500), accounting)).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(attempts[0]?.spent).toBe('nothing');
  });
});
