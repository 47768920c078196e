/** What a caller is told when something that the chain stands on fails: in time, documented, never let through. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { healthOps } from '#shared/health/health.ops.ts';
import { health } from '#shared/health/module.ts';
import { serve } from '#shared/middleware/serve.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';
import { newPerson, type Person } from '../../support/tokens.ts';

const serveTenancy = serve(tenancy, tenancyOps);
const serveHealth = serve(health, healthOps);

let chain: Chain;
/** Takes connections and never answers. */
let silent: Server;
const person = newPerson();

beforeAll(async () => {
  chain = await startChain();
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const queues = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SQS: queues,
    OUTBOX_QUEUE_URL: `${queues}/000000000000/outbox`,
  });
});
afterAll(async () => {
  silent.closeAllConnections();
  silent.close();
  await chain.stop();
});

async function timed(call: Promise<Answer>): Promise<Answer & { ms: number }> {
  const startedMs = Date.now();
  return { ...(await call), ms: Date.now() - startedMs };
}

async function call(method: 'GET' | 'PATCH' | 'POST', body?: object, as: Person = person) {
  return timed(
    chain.call(serveTenancy, {
      method,
      path: method === 'POST' ? '/v1/tenants' : '/v1/tenant',
      token: await chain.pool.token(as),
      headers: { 'idempotency-key': randomUUID() },
      ...(body === undefined ? {} : { body }),
    }),
  );
}

const create = (slug: string) => call('POST', { slug, name: 'Acme', region: 'us', plan: 'basic' });

function expectUnavailable(answer: Answer & { ms: number }): void {
  expect(answer).toMatchObject({
    status: 503,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '5' },
    body: { code: 'dependency.unavailable', status: 503 },
  });
  expect(answer.ms).toBeLessThan(3_000);
}

// First: until keys were fetched once, this process is an instance that has just started.
describe('signing keys that cannot be fetched', () => {
  test('[IDN-2] a new instance answers 503 to any token, and verifies as soon as they are there', async () => {
    chain.pool.online = false;
    expectUnavailable(await call('GET'));
    const nonsense = chain.call(serveTenancy, { method: 'GET', path: '/v1/tenant', token: 'nonsense' });
    expect((await nonsense).status).toBe(401);
    chain.pool.online = true;
    expect(await create('keys-are-back')).toMatchObject({ status: 201 });
  });
});

describe('a database that does not answer in time', () => {
  async function whileLocked(work: () => Promise<void>): Promise<void> {
    const holder = new pg.Client({ connectionString: chain.database.database.url });
    await holder.connect();
    await holder.query('begin; lock table app.tenants, app.audit_events in access exclusive mode');
    await work().finally(() => holder.end());
  }

  test('[OPS-7] reads, writes and refusals answer 503 within three seconds, and nothing is written', async () => {
    await whileLocked(async () => {
      const answers = [await call('GET'), await call('PATCH', { name: 'Late' }), await create('too-late')];
      answers.forEach(expectUnavailable);
    });
    expect(await call('GET')).toMatchObject({ status: 200, body: { name: 'Acme' } });
    const { rows } = await chain.database.admin.query("select from app.tenants where slug = 'too-late'");
    expect(rows).toHaveLength(0);
  });

  test('[OPS-7] a write that waits with its last statements is rolled back, not left to happen later', async () => {
    const holder = new pg.Client({ connectionString: chain.database.database.url });
    await holder.connect();
    await holder.query('begin; lock table app.audit_events in access exclusive mode');
    expectUnavailable(await call('PATCH', { name: 'Later' }));
    await holder.end();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await call('GET')).toMatchObject({ status: 200, body: { name: 'Acme' } });
  });
});

describe('counters that do not answer', () => {
  test('[ACC-4] nobody is let through, and the caller is told within three seconds', async () => {
    await chain.withoutDynamoDb(async () => {
      for (const answer of [await call('GET'), await call('PATCH', { name: 'Unlimited' })]) {
        expectUnavailable(answer);
      }
      const unhealthy = await timed(chain.call(serveHealth, { method: 'GET', path: '/v1/health' }));
      expect(unhealthy).toMatchObject({ status: 503, body: { code: 'health.unhealthy' } });
      expect(unhealthy.ms).toBeLessThan(3_000);
    });
    expect(await call('GET')).toMatchObject({ status: 200, body: { name: 'Acme' } });
  });
});

describe('a queue that does not answer', () => {
  test('[OPS-7] costs a write half a second and nothing else: its event waits in the outbox', async () => {
    const answer = await create('queue-is-silent');
    expect(answer.status).toBe(201);
    expect(answer.ms).toBeGreaterThan(400);
    expect(answer.ms).toBeLessThan(1_500);
    const { rows } = await chain.database.admin.query('select type from app.outbox where tenant_id = $1', [
      (answer.body as { id: string }).id.slice(4),
    ]);
    expect(rows).toEqual([{ type: 'onboardingRequest' }]);
  });
});
