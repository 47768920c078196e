/** What an error tracker is told of an exception, by the chain of a request: against one that receives envelopes. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fail, problems } from '#shared/contract/errors.ts';
import { serve } from '#shared/middleware/serve.ts';
import { trackError } from '#shared/middleware/track-error.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { type Chain, startChain } from '../../support/chain.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

type Received = { path: string | undefined; headers: IncomingHttpHeaders; text: string };

let chain: Chain;
let tracker: Server;
let founded: Founded;
let status = 200;
const received: Received[] = [];

beforeAll(async () => {
  tracker = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      received.push({ path: request.url, headers: request.headers, text });
      response.writeHead(status).end('{}');
    });
  });
  await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve));
  const { port } = tracker.address() as AddressInfo;
  process.env.ERROR_TRACKING_DSN = `http://publickey@127.0.0.1:${port}/below/42`;
  chain = await startChain();
  founded = await foundTenant(chain.database.admin);
});
afterAll(async () => {
  delete process.env.ERROR_TRACKING_DSN;
  tracker.close();
  await chain.stop();
});

/** The chain of `GET /v1/tenant`, whose operation fails so. */
async function failing(error: unknown) {
  const handler = serve(tenancy, {
    ...tenancyOps,
    get: () => Promise.reject(error instanceof Error ? error : new Error('not an error')),
  });
  const token = await chain.pool.token({ sub: founded.userId, email: 'ada@example.com', name: 'Ada' });
  return chain.call(handler, {
    ...{ method: 'GET', path: '/v1/tenant', token },
    headers: { 'x-tenant-id': `ten_${founded.tenantId}`, 'x-request-note': randomUUID() },
  });
}

test('[VAL-3][OPS-2] an exception reaches error tracking with tenant id and tier', async () => {
  const cause = Object.assign(new RangeError('row of ada@example.com'), { code: '22003' });
  expect((await failing(new TypeError('password of ada@example.com', { cause }))).status).toBe(500);
  expect(received).toHaveLength(1);
  const [{ path, headers, text } = { path: '', headers: {}, text: '' }] = received;
  expect(path).toBe('/below/api/42/envelope/');
  expect(headers['x-sentry-auth']).toContain('sentry_key=publickey');
  const [header, item, event] = text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(item).toEqual({ type: 'event' });
  expect(event).toMatchObject({
    ...{ event_id: header?.event_id, level: 'error', environment: 'test', transaction: 'tenancy.get' },
    tags: { tenantId: `ten_${founded.tenantId}`, tier: 'basic', operation: 'tenancy.get' },
    exception: { values: [{ type: 'RangeError', value: '22003' }, { type: 'TypeError' }] },
  });
  expect(JSON.stringify(event?.exception)).toContain('track-error.test.ts');
});

test('[GOV-3] no message, address, name or token of anybody is sent', () => {
  const [{ text } = { text: '' }] = received;
  for (const personal of ['ada@example.com', 'password of', 'Ada"', 'Bearer', 'eyJ', '127.0.0.1']) {
    expect(text).not.toContain(personal);
  }
});

test('[OPS-2] what was expected is not told, nor that a part is not available', async () => {
  expect((await failing(fail(problems.unavailable))).status).toBe(503);
  expect((await failing(fail(problems.forbidden))).status).toBe(403);
  expect(received).toHaveLength(1);
});

test('[OPS-2] a tracker that refuses is left alone for a while, and the caller is answered all the same', async () => {
  status = 429;
  expect((await failing(new TypeError('x'))).status).toBe(500);
  expect((await failing(new TypeError('x'))).status).toBe(500);
  expect(received).toHaveLength(2);
  await trackError(new Error('x'), { operation: 'tried' });
  expect(received).toHaveLength(2);
});
