/**
 * The official clients of Anthropic and OpenAI, told another address and an API key of a tenant: over HTTP, through the
 * gateway, the function host and the whole chain, to a scripted model.
 */
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { TenantId } from '#shared/contract/ids.ts';
import { type Deployment, startDeployment } from '../../../matrix/deployment.ts';
import { answering } from '../../../support/answering.ts';

let deployment: Deployment;
let tenant: TenantId;
let anthropic: Anthropic;
let openai: OpenAI;

const entry = `import { serveStream } from '#shared/middleware/serve-stream.ts';
import { answering, answeringOps } from '#test/support/answering.ts';
export const handler = serveStream(answering, answeringOps);`;

beforeAll(async () => {
  deployment = await startDeployment({ modules: [answering], entryOf: () => entry });
  const { world, url } = deployment;
  tenant = await world.tenant();
  const { text: apiKey } = await world.apiKey(tenant, { role: 'operator' });
  anthropic = new Anthropic({ baseURL: url, apiKey, maxRetries: 0 });
  openai = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
}, 60_000);
afterAll(() => deployment?.stop());

const asked = (content: string) => ({
  model: 'claude-haiku-5-5',
  max_tokens: 64,
  messages: [{ role: 'user' as const, content }],
});
const weather = {
  name: 'weather',
  description: 'The weather of a city',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
};

/** Says what a promise was rejected with. */
async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('[AI-1] the client of Anthropic', () => {
  test('gets an answer in one piece, with the usage in its own words', async () => {
    const message = await anthropic.messages.create(asked('Is it warm?'));
    expect(message).toMatchObject({
      ...{ type: 'message', role: 'assistant', model: 'scripted-claude-haiku-5-5' },
      content: [{ type: 'text', text: 'It is warm in Kuwait' }],
      stop_reason: 'end_turn',
      usage: {
        ...{ input_tokens: 11, output_tokens: 7, cache_read_input_tokens: 5 },
        cache_creation_input_tokens: 5,
        cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 2 },
      },
    });
  });

  test('gets an answer in pieces, while it is made', async () => {
    const stream = anthropic.messages.stream(asked('Is it warm?'));
    const pieces: { text: string; at: number }[] = [];
    stream.on('text', (text) => pieces.push({ text, at: Date.now() }));
    const message = await stream.finalMessage();
    expect(pieces.map(({ text }) => text)).toEqual(['It', ' is', ' warm', ' in', ' Kuwait']);
    // The script pauses for 20 ms after each word: had they come together, there would be no time between them.
    expect((pieces.at(-1)?.at ?? 0) - (pieces[0]?.at ?? 0)).toBeGreaterThan(40);
    expect(message).toMatchObject({
      content: [{ type: 'text', text: 'It is warm in Kuwait' }],
      usage: { input_tokens: 11, output_tokens: 7 },
    });
  });

  test('calls its own tools, in one piece and in pieces', async () => {
    const wanted = { ...asked('Ask the tool'), tools: [weather] };
    const call = { type: 'tool_use', name: 'weather', input: { city: 'Kuwait' } };
    expect(await anthropic.messages.create(wanted)).toMatchObject({
      content: [call],
      stop_reason: 'tool_use',
    });
    expect(await anthropic.messages.stream(wanted).finalMessage()).toMatchObject({ content: [call] });
  });

  test('sends all that it knows: system, blocks, marks for the cache, results of tools', async () => {
    const { content } = await anthropic.messages.create({
      ...asked(''),
      system: [{ type: 'text', text: 'Be kind', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'weather', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: '40' }] },
        { role: 'user', content: 'what did you hear' },
      ],
    });
    const heard = JSON.parse(content[0]?.type === 'text' ? content[0].text : '') as unknown;
    expect(heard).toMatchObject({
      system: [{ text: 'Be kind', cache_control: { ttl: '1h' } }],
      messages: [
        { content: [{ type: 'tool_use' }] },
        { content: [{ type: 'tool_result', content: '40' }] },
        {},
      ],
      max: 64,
    });
  });

  test.each([
    [
      'a key that nobody made',
      { key: 'plk_live_nobody' },
      Anthropic.AuthenticationError,
      'authentication_error',
    ],
    [
      'a field that is not understood',
      { field: 'service_tier' },
      Anthropic.BadRequestError,
      'invalid_request_error',
    ],
    ['a used-up budget', { content: 'go beyond the budget' }, Anthropic.RateLimitError, 'rate_limit_error'],
  ])('reads %s as an error of its own', async (_what, { key, field, content = 'x' }: Wrong, kind, type) => {
    const client = key === undefined ? anthropic : anthropic.withOptions({ apiKey: key });
    const refusal = await refusalOf(
      client.messages.create({ ...asked(content), ...(field === undefined ? {} : { [field]: 'auto' }) }),
    );
    expect(refusal).toBeInstanceOf(kind);
    expect(refusal).toMatchObject({ error: { type: 'error', error: { type } } });
  });

  test('reads an error after the first event as one', async () => {
    const stream = anthropic.messages.stream(asked('break off'));
    const pieces: string[] = [];
    stream.on('text', (text) => pieces.push(text));
    const refusal = await refusalOf(stream.finalMessage());
    expect(pieces).toEqual(['It']);
    expect(refusal).toMatchObject({ error: { error: { type: 'rate_limit_error' } } });
  });
});

type Wrong = { key?: string; field?: string; content?: string };

describe('[AI-1] the client of OpenAI', () => {
  const chat = (content: string) => ({
    model: 'gpt-6-luna',
    messages: [{ role: 'user' as const, content }],
  });

  test('gets an answer in one piece, with cached tokens counted among the prompt’s', async () => {
    expect(await openai.chat.completions.create(chat('Is it warm?'))).toMatchObject({
      ...{ object: 'chat.completion', model: 'scripted-gpt-6-luna' },
      choices: [{ index: 0, message: { content: 'It is warm in Kuwait' }, finish_reason: 'stop' }],
      usage: {
        ...{ prompt_tokens: 21, completion_tokens: 7, total_tokens: 28 },
        prompt_tokens_details: { cached_tokens: 5 },
      },
    });
  });

  test('gets an answer in pieces, and what was used where it asks for that', async () => {
    const stream = await openai.chat.completions.create({
      ...chat('Is it warm?'),
      ...{ stream: true, stream_options: { include_usage: true } },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe('It is warm in Kuwait');
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 28 } });
  });

  test('calls its own functions, in one piece and in pieces', async () => {
    const { name, description, input_schema: parameters } = weather;
    const tools = [{ type: 'function' as const, function: { name, description, parameters } }];
    const whole = await openai.chat.completions.create({ ...chat('Ask the tool'), tools });
    expect(whole.choices[0]).toMatchObject({
      message: { content: null, tool_calls: [{ function: { name, arguments: '{"city":"Kuwait"}' } }] },
      finish_reason: 'tool_calls',
    });
    const pieces = await openai.chat.completions
      .stream({ ...chat('Ask the tool'), tools })
      .finalChatCompletion();
    expect(pieces.choices[0]?.message.tool_calls).toMatchObject([
      { function: { name, arguments: '{"city":"Kuwait"}' } },
    ]);
  });

  test('sends all that it knows: system, results of functions, how much may be answered', async () => {
    const { choices } = await openai.chat.completions.create({
      ...chat(''),
      max_completion_tokens: 99,
      messages: [
        { role: 'developer', content: 'Be kind' },
        {
          role: 'assistant',
          tool_calls: [
            { id: 't', type: 'function', function: { name: 'weather', arguments: '{"city":"x"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 't', content: '40' },
        { role: 'user', content: 'what did you hear' },
      ],
    });
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({
      system: 'Be kind',
      messages: [
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 't', name: 'weather', input: { city: 'x' } }],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't', content: '40' },
            { type: 'text', text: 'what did you hear' },
          ],
        },
      ],
      max: 99,
    });
  });

  test.each([
    ['a key that nobody made', { key: 'plk_live_nobody' }, OpenAI.AuthenticationError, 'auth.key_refused'],
    ['a field that is not understood', { field: 'logprobs' }, OpenAI.BadRequestError, 'request.invalid'],
    ['a used-up budget', { content: 'go beyond the budget' }, OpenAI.RateLimitError, 'limit.budget'],
  ])('reads %s as an error of its own', async (_what, { key, field, content = 'x' }: Wrong, kind, code) => {
    const client = key === undefined ? openai : openai.withOptions({ apiKey: key });
    const refusal = await refusalOf(
      client.chat.completions.create({ ...chat(content), ...(field === undefined ? {} : { [field]: true }) }),
    );
    expect(refusal).toBeInstanceOf(kind);
    expect(refusal).toMatchObject({ code });
  });

  test('reads an error after the first event as one', async () => {
    const stream = await openai.chat.completions.create({ ...chat('break off'), stream: true });
    const pieces: string[] = [];
    const refusal = await refusalOf(
      (async () => {
        for await (const { choices } of stream) pieces.push(choices[0]?.delta.content ?? '');
      })(),
    );
    expect(pieces).toEqual(['', 'It']);
    expect(refusal).toMatchObject({ code: 'limit.budget' });
  });
});

describe('[AI-9] [AI-8] whoever calls, in whatever words', () => {
  test('leaves an audit row that says what for, and nothing of what was said', async () => {
    await anthropic.messages.create(asked('a secret of the tenant'));
    const { rows } = await deployment.world.admin.query<{ action: string; after: unknown; row: string }>(
      `select action, after, to_jsonb(a)::text as row from app.audit_events a
       where action = 'ai.called' order by id desc limit 1`,
    );
    expect(rows[0]).toMatchObject({ action: 'ai.called', after: { feature: 'api', rule: 'scripted' } });
    expect(rows[0]?.row).not.toContain('secret');
  });

  test('is refused where the tenant has switched that use of AI off, with its next call', async () => {
    const other = await deployment.world.tenant();
    const { text: apiKey } = await deployment.world.apiKey(other);
    await deployment.world.admin.query(
      `insert into app.tenant_settings (tenant_id, flags) values ($1, '{"ai_api": false}')`,
      [other.slice(4)],
    );
    const refusal = await refusalOf(anthropic.withOptions({ apiKey }).messages.create(asked('x')));
    expect(refusal).toBeInstanceOf(Anthropic.PermissionDeniedError);
    expect(String(refusal)).toContain('ai_api');
  });
});
