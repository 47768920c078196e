/** Calls that outlive a transaction: what they answer, what they leave behind, and how often they are made. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import type { LongResult } from '#shared/middleware/long-operation.ts';
import { answerStream } from '#shared/middleware/serve-stream.ts';
import { type Answer, type Chain, type Handler, startChain } from '../../support/chain.ts';
import { counting, countingOps } from '../../support/counting.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

let chain: Chain;
let ours: Founded;
const answer = answerStream(counting, countingOps);

beforeAll(async () => {
  chain = await startChain();
  ours = await foundTenant(chain.database.admin);
});
afterAll(() => chain.stop());

type Wanted = { to: number; failAt?: number; sum?: boolean; pauseMs?: number };
type Called = { key?: string; token?: string; reads?: number };

/** Reads all events, or as many as told before it leaves; they stand in the body then. */
async function call(
  body: Wanted | object,
  { key = randomUUID(), token, reads }: Called = {},
): Promise<Answer> {
  const handler: Handler = async (event) => {
    const result = await answer(event, { getRemainingTimeInMillis: () => 60_000 } as Context);
    return result.events === undefined
      ? result
      : { ...result, body: JSON.stringify(await read(result, reads)) };
  };
  return chain.call(handler, {
    ...{ method: 'POST', path: '/v1/counting', body, headers: { 'idempotency-key': key } },
    token: token ?? (await tokenOf(ours)),
  });
}

async function read({ events = [] as never }: LongResult, most = Infinity): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of events) {
    texts.push(text);
    if (texts.length >= most) break;
  }
  return texts;
}

const tokenOf = ({ userId: sub }: Founded) =>
  chain.pool.token({ sub, email: `${sub}@example.com`, name: 'Owner' });
const number = (n: number) => `event: number\ndata: {"n":${n}}\n\n`;

/** The audit rows of counting, newest last. */
async function audited(): Promise<unknown[]> {
  const { rows } = await chain.database.admin.query<{ after: unknown }>(
    "select after from app.audit_events where action = 'counting.counted' and tenant_id = $1 order by id",
    [ours.tenantId],
  );
  return rows.map(({ after }) => after);
}

describe('[API-1] an answer in pieces', () => {
  test('is sent as events, and leaves its audit row when it has ended', async () => {
    const before = (await audited()).length;
    const { status, headers, body } = await call({ to: 3 });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      ratelimit: expect.any(String),
    });
    expect(body).toEqual([number(1), number(2), number(3)]);
    expect((await audited()).slice(before)).toEqual([{ last: 3 }]);
  });

  test('that fails before its first event is a problem with a status of its own, and leaves nothing', async () => {
    const before = await audited();
    for (const failAt of [0, 1]) {
      const { status, headers, body } = await call({ to: 3, failAt });
      expect({ status, body }).toMatchObject({ status: 409, body: { code: 'resource.conflict' } });
      expect(headers['content-type']).toBe('application/problem+json');
    }
    expect(await audited()).toEqual(before);
  });

  test('that fails later ends in an error event', async () => {
    const { status, body } = await call({ to: 3, failAt: 3 });
    const texts = body as string[];
    expect(status).toBe(200);
    expect(texts.slice(0, -1)).toEqual([number(1), number(2)]);
    expect(texts.at(-1)).toMatch(/^event: error\ndata: \{.*"code":"resource.conflict".*\}\n\n$/);
    expect((await audited()).at(-1)).toEqual({ last: 2 });
  });

  test('whose reader leaves ends the operation, and leaves its audit row', async () => {
    const before = (await audited()).length;
    expect((await call({ to: 1_000_000 }, { reads: 2 })).body).toEqual([number(1), number(2)]);
    expect((await audited()).slice(before)).toEqual([{ last: 2 }]);
  });

  test('goes through the chain: no token, no permission to read, wrong input', async () => {
    expect(await call({ to: 1 }, { token: 'nobody' })).toMatchObject({ status: 401 });
    expect(await call({ to: -1 })).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    const stranger = await foundTenant(chain.database.admin);
    await chain.database.admin.query('update app.tenants set status = $2 where id = $1', [
      ...[stranger.tenantId, 'suspended'],
    ]);
    expect(await call({ to: 1 }, { token: await tokenOf(stranger) })).toMatchObject({ status: 403 });
  });
});

describe('[API-1] a call that outlives a transaction is made once for a key', () => {
  test('whoever repeats it learns that it was made; no second row appears', async () => {
    for (const body of [{ to: 3 }, { to: 3, sum: true }, { to: 3, failAt: 2 }]) {
      const key = randomUUID();
      expect(await call(body, { key })).toMatchObject({ status: 200 });
      const before = await audited();
      expect(await call(body, { key })).toMatchObject({
        status: 409,
        body: { code: 'idempotency.answer_not_kept' },
      });
      expect(await audited()).toEqual(before);
    }
  });

  test('another request with the key is refused', async () => {
    const key = randomUUID();
    await call({ to: 1 }, { key });
    expect(await call({ to: 2 }, { key })).toMatchObject({
      status: 422,
      body: { code: 'idempotency.mismatch' },
    });
  });

  test('a repetition while it runs is in flight, and one of two at once is made', async () => {
    const key = randomUUID();
    const body = { to: 4, sum: true, pauseMs: 300 };
    const answers = await Promise.all([call(body, { key }), call(body, { key })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'idempotency.in_flight',
    });
    expect(answers.find(({ status }) => status === 200)?.body).toEqual({ sum: 10 });
  });

  test('a call that came to nothing gives its key back', async () => {
    const key = randomUUID();
    const body = { to: 3, failAt: 1 };
    expect(await call(body, { key })).toMatchObject({ body: { code: 'resource.conflict' } });
    expect(await call(body, { key })).toMatchObject({ body: { code: 'resource.conflict' } });
  });

  test('of one whose function died nobody knows, once it cannot be running any more', async () => {
    const { admin } = chain.database;
    const key = randomUUID();
    await call({ to: 1 }, { key });
    // What a function that was stopped in the middle leaves: a claim without an answer.
    await admin.query('update app.idempotency_keys set status = null where key = $1', [key]);
    expect(await call({ to: 1 }, { key })).toMatchObject({ body: { code: 'idempotency.in_flight' } });
    await admin.query(
      "update app.idempotency_keys set created_at = now() - interval '6 minutes' where key = $1",
      [key],
    );
    expect(await call({ to: 1 }, { key })).toMatchObject({
      status: 409,
      body: { code: 'idempotency.outcome_unknown' },
    });
  });
});
