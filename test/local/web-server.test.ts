/** The one port that people use, as a server of connections. */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Running } from '#local/parts/contract.ts';
import { freePort } from '#local/ports.ts';
import { jsonPage, startWebServer } from '#local/web-server.ts';

let port: number;
let server: Running;

beforeAll(async () => {
  ({ port } = await freePort(0));
  server = await startWebServer(port, [jsonPage('/now', () => ({}))]);
});
afterAll(() => server.stop());

test('a connection is kept for the next request, and longer than clients keep an idle one', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = async (): Promise<{ answer: IncomingMessage; isReused: boolean }> => {
    const request = get({ agent, port, path: '/now', host: '127.0.0.1', headers: { host: 'localhost' } });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return { answer, isReused: request.reusedSocket };
  };
  const [first, second] = [await call(), await call()];
  agent.destroy();
  expect([first.isReused, second.isReused]).toEqual([false, true]);
  // Node's client gives up a little before the time that the server tells; a minute is what load balancers wait.
  const toldSeconds = Number(/timeout=(\d+)/.exec(String(second.answer.headers['keep-alive']))?.[1]);
  expect(toldSeconds).toBeGreaterThan(60);
});
