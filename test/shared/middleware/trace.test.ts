/** The request's line in X-Ray, as the daemon beside a function receives it. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Traced, sendTrace, traceId } from '#shared/middleware/trace.ts';

let daemon: Socket;
const received: string[] = [];

beforeAll(async () => {
  daemon = createSocket('udp4');
  daemon.on('message', (message) => received.push(message.toString()));
  daemon.bind(0, '127.0.0.1');
  await once(daemon, 'listening');
});
beforeEach(() => {
  received.length = 0;
  process.env._X_AMZN_TRACE_ID = `${root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1`;
  process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${daemon.address().port}`;
});
afterAll(() => {
  delete process.env._X_AMZN_TRACE_ID;
  daemon.close();
});

const root = 'Root=1-5759e988-bd862e3fe1be46a994272793';
const traced: Traced = {
  name: 'tenancy.get',
  startedAt: new Date(1_750_000_000_500),
  annotations: { operation: 'tenancy.get', status: 200 },
  fault: false,
};

async function sent(): Promise<string[]> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return received;
}

describe('[OPS-1] the trace of a request', () => {
  test('is a subsegment below the one of the function, with what to search by', async () => {
    sendTrace(traced);
    const [head, body] = (await sent())[0]?.split('\n') ?? [];
    expect(JSON.parse(head ?? '')).toEqual({ format: 'json', version: 1 });
    expect(JSON.parse(body ?? '')).toEqual({
      type: 'subsegment',
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      parent_id: '53995c3f42cd8ad8',
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      name: 'tenancy.get',
      annotations: { operation: 'tenancy.get', status: 200 },
      fault: false,
      start_time: 1_750_000_000.5,
      end_time: expect.any(Number),
    });
  });

  test('follows the invocation: each has a trace of its own', () => {
    expect(traceId()).toBe('1-5759e988-bd862e3fe1be46a994272793');
    process.env._X_AMZN_TRACE_ID = 'Root=1-2;Parent=3;Sampled=0';
    expect(traceId()).toBe('1-2');
    process.env._X_AMZN_TRACE_ID = '';
    expect(traceId()).toBeUndefined();
  });

  test.each([
    ['an invocation that is not sampled', { _X_AMZN_TRACE_ID: `${root};Parent=53995c3f42cd8ad8;Sampled=0` }],
    ['no trace at all', { _X_AMZN_TRACE_ID: '' }],
    ['no daemon', { AWS_XRAY_DAEMON_ADDRESS: '' }],
  ])('with %s nothing is sent', async (_name, environment) => {
    Object.assign(process.env, environment);
    sendTrace(traced);
    expect(await sent()).toEqual([]);
  });

  test('is never worth the request: a daemon that is gone is not noticed', async () => {
    process.env.AWS_XRAY_DAEMON_ADDRESS = '127.0.0.1:1';
    expect(() => sendTrace(traced)).not.toThrow();
    await sent();
  });
});
