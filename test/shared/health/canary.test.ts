/** The canary's visit, against a deployment that answers as one does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { visit } from '#shared/health/canary.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

/** A deployment that answers paths so, and what it was asked with. */
async function deployment(answers: Record<string, [status: number, body: unknown]>) {
  const asked: { path: string; authorization: string | undefined }[] = [];
  server = createServer((request, response) => {
    const { url: path = '' } = request;
    asked.push({ path, authorization: request.headers.authorization });
    const [status, body] = answers[path] ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

const well = { status: 'ok', checks: { database: 'ok', gate: 'ok' } };

test('[OPS-3] a deployment that is well is asked for its health, and for a read with the key', async () => {
  const { url, asked } = await deployment({
    '/v1/health': [200, well],
    '/v1/tenant': [200, { id: 'ten_1' }],
  });
  expect(await visit(url, 'plk_key')).toMatchObject({ failed: [], down: [], read: true });
  expect(asked).toEqual([
    { path: '/v1/health', authorization: undefined },
    { path: '/v1/tenant', authorization: 'Bearer plk_key' },
  ]);
});

test('[OPS-3] without a key health is asked for alone', async () => {
  const { url, asked } = await deployment({ '/v1/health': [200, well] });
  expect(await visit(url, undefined)).toMatchObject({ failed: [], read: false });
  expect(asked).toHaveLength(1);
});

test('[OPS-3] a part that is down is named, as the health check names it', async () => {
  const detail = 'Not available: database, gate.';
  const { url } = await deployment({ '/v1/health': [503, { code: 'health.unhealthy', detail }] });
  expect(await visit(url, undefined)).toMatchObject({
    failed: ['/v1/health answered 503'],
    down: ['database', 'gate'],
  });
});

test('[OPS-3] a read that is refused is a failure, though health is well', async () => {
  const { url } = await deployment({ '/v1/health': [200, well], '/v1/tenant': [401, {}] });
  expect(await visit(url, 'plk_old')).toMatchObject({ failed: ['/v1/tenant answered 401'], down: [] });
});

test('[OPS-3] what is not there, or answers in other words, is a failure and not an exception', async () => {
  const { url } = await deployment({ '/v1/health': [502, 'Bad gateway'] });
  expect(await visit(url, undefined)).toMatchObject({ failed: ['/v1/health answered 502'], down: [] });
  server?.close();
  server?.closeAllConnections();
  const gone = await visit(url, undefined);
  expect(gone.failed).toEqual([expect.stringContaining('did not answer')]);
});
