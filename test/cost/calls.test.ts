/** The calls that the cost of a request is computed from are those that the chain makes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { membersOps } from '#shared/members/members.ops.ts';
import { members } from '#shared/members/module.ts';
import { serve } from '#shared/middleware/serve.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { calls } from '../../bin/cost/requests.ts';
import { foundTenant } from '../shared/db/tenants.ts';
import { type Chain, type Handler, type Request, startChain } from '../support/chain.ts';
import { type Counter, countAndAnswer, countOnTheWayTo } from './counting.ts';

let chain: Chain;
let gate: Counter;
let queue: Counter;
let token: string;

beforeAll(async () => {
  chain = await startChain();
  gate = await countOnTheWayTo(process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '');
  // The digest of `{}`, which the client compares.
  queue = await countAndAnswer({ MessageId: 'x', MD5OfMessageBody: '99914b932bd37a50b983c5e7c90ae93b' });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: gate.url,
    AWS_ENDPOINT_URL_SQS: queue.url,
    OUTBOX_QUEUE_URL: `${queue.url}/000000000000/outbox`,
  });
  const { userId: sub } = await foundTenant(chain.database.admin);
  token = await chain.pool.token({ sub, email: 'owner@example.com', name: 'Owner' });
});
afterAll(async () => {
  await chain.stop();
  gate.stop();
  queue.stop();
});

async function callsOf(handler: Handler, request: Request): Promise<{ gate: string[]; queue: string[] }> {
  const answer = await chain.call(handler, {
    ...request,
    token,
    headers: { 'idempotency-key': randomUUID() },
  });
  expect(answer.status).toBeLessThan(300);
  return { gate: gate.take().toSorted(), queue: queue.take() };
}

const gateCalls = [
  ...Array.from({ length: calls.gateReads }, () => 'GetItem'),
  ...Array.from({ length: calls.gateUpdates }, () => 'UpdateItem'),
];

describe('[OPS-7] calls of a request on the tenant plane', () => {
  test('a read', async () => {
    expect(await callsOf(serve(tenancy, tenancyOps), { method: 'GET', path: '/v1/tenant' })).toEqual({
      gate: gateCalls,
      queue: [],
    });
  });

  test('a write that publishes nothing', async () => {
    const body = { name: 'Acme' };
    expect(await callsOf(serve(tenancy, tenancyOps), { method: 'PATCH', path: '/v1/tenant', body })).toEqual({
      gate: gateCalls,
      queue: [],
    });
  });

  test('a write that queues a job', async () => {
    const body = { email: 'new@example.com', role: 'viewer' };
    const made = await callsOf(serve(members, membersOps), { method: 'POST', path: '/v1/invitations', body });
    expect(made).toEqual({
      // A message is counted twice, by its recipient and by its tenant's channel (LIM-1).
      gate: [...gateCalls, 'UpdateItem', 'UpdateItem'],
      queue: Array.from({ length: calls.wakeUps }, () => 'SendMessage'),
    });
  });
});
