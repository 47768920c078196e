/**
 * Prompts and answers are kept for tenants that asked for it and for nobody else: over the endpoints, through the chain,
 * on a real database.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { aiOps } from '#shared/ai/ai.ops.ts';
import type { Models } from '#shared/ai/accounting.ts';
import { callOps } from '#shared/ai/calls.ops.ts';
import { governedEngine } from '#shared/ai/governed-engine.ts';
import { ModelFailure } from '#shared/ai/model-failure.ts';
import { ai } from '#shared/ai/module.ts';
import { keeping } from '#shared/ai/transcripts/keep.ts';
import { answerStream } from '#shared/middleware/serve-stream.ts';
import { serve } from '#shared/middleware/serve.ts';
import { settings } from '#shared/settings/module.ts';
import { settingsOps } from '#shared/settings/settings.ops.ts';
import { answering } from '../../support/answering.ts';
import { type Answer, type Chain, type Handler, type Request, startChain } from '../../support/chain.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';
import { final, haiku, scripted, usageOf } from './scripted-models.ts';

let chain: Chain;
let ours: Founded;
let failure: Error | undefined;

const played = scripted({ attempt: haiku, spent: final(usageOf(800, 200)) }).models;
const toolUse = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} } as const;
const models: Models = {
  ...played,
  complete: async (request, options, accounting) => {
    if (failure !== undefined) throw failure;
    const answer = await played.complete(request, options, accounting);
    return { ...answer, content: [{ type: 'text', text: 'Hello \u0000 back' }] };
  },
  stream: async function* (request, options, accounting) {
    for await (const event of played.stream(request, options, accounting)) {
      if (event.type !== 'text') {
        yield event;
        continue;
      }
      yield { type: 'block_start', index: 0, block: { type: 'text', text: '' } };
      yield { type: 'text', index: 0, text: 'Hel' };
      yield { type: 'text', index: 0, text: 'lo' };
      yield { type: 'block_start', index: 1, block: { ...toolUse } };
      yield { type: 'json', index: 1, json: '{"city":' };
      yield { type: 'json', index: 1, json: '"Kuwait"}' };
    }
  },
};
const engine = keeping(governedEngine(models, () => ({ model: haiku.model, rule: 'test' })));
const calling = answerStream(answering, callOps(engine));
const reading = serve(ai, aiOps);
const setting = serve(settings, settingsOps);

beforeAll(async () => {
  chain = await startChain();
});
beforeEach(async () => {
  ours = await foundTenant(chain.database.admin);
  failure = undefined;
});
afterAll(() => chain.stop());

async function send(handler: Handler, request: Request, by: Founded = ours): Promise<Answer> {
  const token = await chain.pool.token({ sub: by.userId, email: `${by.userId}@example.com`, name: 'Owner' });
  return chain.call(handler, { ...request, headers: { 'idempotency-key': randomUUID() }, token });
}

async function turn(on: boolean): Promise<void> {
  const body = { flags: { ai_transcripts: on } };
  expect(await send(setting, { method: 'PATCH', path: '/v1/settings', body })).toMatchObject({ status: 200 });
}

const question = {
  feature: 'chat',
  system: 'In English.',
  messages: [{ role: 'user', content: 'Hello there' }],
};

type Asked = { path?: string; reads?: number; body?: object };

async function call({
  path = 'ai/complete',
  reads = Infinity,
  body = question,
}: Asked = {}): Promise<Answer> {
  const handler: Handler = async (event) => {
    const result = await calling(event, { getRemainingTimeInMillis: () => 60_000 } as Context);
    let read = 0;
    for await (const _ of result.events ?? []) if (++read >= reads) break;
    return result.events === undefined ? result : { ...result, body: '{}' };
  };
  return send(handler, { method: 'POST', path: `/v1/${path}`, body });
}

type Kept = { callId: string; complete: boolean; prompt: unknown; answer: unknown };

const list = async (by?: Founded): Promise<Kept[]> =>
  ((await send(reading, { method: 'GET', path: '/v1/ai/transcripts' }, by)).body as { items: Kept[] }).items;

const one = (method: string, callId: string, by?: Founded): Promise<Answer> =>
  send(reading, { method, path: '/v1/ai/transcripts/{callId}', params: { callId } }, by);

async function onlyOne(): Promise<Kept> {
  const [kept, ...more] = await list();
  expect(more).toEqual([]);
  return (await one('GET', kept?.callId ?? '')).body as Kept;
}

describe('[AI-1] prompts and answers', () => {
  test('are not kept unless the tenant turned it on, and not after it turned it off', async () => {
    await call();
    await call({ path: 'ai/stream' });
    expect(await list()).toEqual([]);
    await turn(true);
    await call();
    await turn(false);
    await call();
    expect(await list()).toHaveLength(1);
  });

  test('are kept as they were, for thirty days, under the id of the call', async () => {
    await turn(true);
    const { body: answered } = await call();
    const kept = await onlyOne();
    expect(kept).toMatchObject({
      ...{ callId: (answered as Kept).callId, feature: 'chat', model: haiku.model, complete: true },
      prompt: {
        system: 'In English.',
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello there' }] }],
      },
      answer: { content: [{ type: 'text', text: 'Hello \u0000 back' }], stopReason: 'end_turn' },
    });
    const { at, keptUntil } = kept as unknown as { at: string; keptUntil: string };
    expect(Date.parse(keptUntil) - Date.parse(at)).toBe(30 * 86_400_000);
  });

  test('in pieces are put together, tools and their input among them', async () => {
    await turn(true);
    await call({ path: 'ai/stream' });
    expect(await onlyOne()).toMatchObject({
      complete: true,
      answer: {
        content: [
          { type: 'text', text: 'Hello' },
          { ...toolUse, input: { city: 'Kuwait' } },
        ],
      },
    });
  });

  test('whose reader leaves are kept as far as they were read, and say so', async () => {
    await turn(true);
    await call({ path: 'ai/stream', reads: 3 });
    expect(await onlyOne()).toMatchObject({
      complete: false,
      answer: { content: [{ type: 'text', text: 'Hel' }], stopReason: null },
    });
  });

  test('say of an image that there was one, and keep nothing of it', async () => {
    await turn(true);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGlkZGVu' } };
    const messages = [{ role: 'user', content: [image] }];
    await call({ path: 'messages', body: { model: haiku.model, max_tokens: 10, messages } });
    const kept = await onlyOne();
    expect(kept.prompt).toMatchObject({
      messages: [{ content: [{ type: 'image', mediaType: 'image/png' }] }],
    });
    expect(JSON.stringify(kept)).not.toContain('aGlkZGVu');
  });

  test('of a call that failed are not there: nobody answered', async () => {
    await turn(true);
    failure = new ModelFailure('unavailable');
    expect((await call()).status).toBe(503);
    expect(await list()).toEqual([]);
  });

  test('that cannot be kept take nothing from the answer, which is paid for', async () => {
    await turn(true);
    await chain.database.admin.query('alter table app.ai_transcripts rename to ai_transcripts_away');
    try {
      expect((await call()).status).toBe(200);
    } finally {
      await chain.database.admin.query('alter table app.ai_transcripts_away rename to ai_transcripts');
    }
    expect(await list()).toEqual([]);
  });
});

describe('[AUD-2] [TEN-5] whoever reads them', () => {
  test('is in the trail, with the call', async () => {
    await turn(true);
    await call();
    const { callId } = await onlyOne();
    const { rows } = await chain.database.admin.query(
      "select target_id from app.audit_events where tenant_id = $1 and action = 'ai.transcript_read'",
      [ours.tenantId],
    );
    expect(rows).toEqual([{ target_id: callId }]);
  });

  test('is of the tenant, and may', async () => {
    await turn(true);
    await call();
    const { callId } = await onlyOne();
    const stranger = await foundTenant(chain.database.admin);
    for (const method of ['GET', 'DELETE']) expect((await one(method, callId, stranger)).status).toBe(404);
    expect(await list(stranger)).toEqual([]);
    await chain.database.admin.query("update app.memberships set role = 'auditor' where user_id = $1", [
      ours.userId,
    ]);
    for (const method of ['GET', 'DELETE']) expect((await one(method, callId)).status).toBe(403);
  });
});

describe('[PRV-2] what is kept', () => {
  test('is forgotten when its tenant says so, one by one or all', async () => {
    await turn(true);
    for (let n = 0; n < 3; n += 1) await call();
    const [first] = await list();
    expect((await one('DELETE', first?.callId ?? '')).status).toBe(204);
    expect((await one('GET', first?.callId ?? '')).status).toBe(404);
    const all = await send(reading, { method: 'DELETE', path: '/v1/ai/transcripts' });
    expect(all).toMatchObject({ status: 200, body: { deleted: 2 } });
    expect(await list()).toEqual([]);
    // Where nothing is, nothing is done, and nothing stands in the audit trail.
    expect((await send(reading, { method: 'DELETE', path: '/v1/ai/transcripts' })).status).toBe(404);
  });

  test('is gone for everybody when its time is over, swept or not', async () => {
    await turn(true);
    await call();
    const { callId } = await onlyOne();
    await chain.database.admin.query(
      "update app.ai_transcripts set kept_until = now() - interval '1 second' where tenant_id = $1",
      [ours.tenantId],
    );
    expect(await list()).toEqual([]);
    expect((await one('GET', callId)).status).toBe(404);
  });
});
