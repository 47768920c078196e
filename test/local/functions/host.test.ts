/** Functions behave as on Lambda: isolated, one invocation at a time, bounded in time, replaceable while running. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  FunctionError,
  startFunctions,
  type Functions,
  type FunctionsOptions,
} from '#local/functions/host.ts';
import { openLogs } from '#local/functions/logs.ts';
import { define, temporaryFolder } from './definitions.ts';

let running: Functions[] = [];
afterEach(async () => {
  await Promise.all(running.map((functions) => functions.stop()));
  running = [];
});

function host(options: Partial<FunctionsOptions> & Pick<FunctionsOptions, 'functions'>): Functions {
  const functions = startFunctions({ environment: () => ({}), state: temporaryFolder(), ...options });
  running.push(functions);
  return functions;
}

const echo = `export const handler = async (event, context) => ({
  event, env: process.env, context: { ...context, left: context.getRemainingTimeInMillis() },
});`;
const thread = `import { threadId } from 'node:worker_threads';
export const handler = async ({ ms }) => { await new Promise((r) => setTimeout(r, ms)); return threadId; };`;

describe('an invocation', () => {
  test('sees its own environment and nothing of the process around it', async () => {
    process.env.PLINTH_TEST_LEAK = 'yes';
    const fn = define('env', echo, { environment: { OWN: 'template', BOTH: 'template' } });
    const functions = host({ functions: [fn], environment: () => ({ BOTH: 'runtime' }) });
    const result = await functions.invoke(`${fn.arn}:live`, { at: new Date(0), gone: undefined });
    delete process.env.PLINTH_TEST_LEAK;
    expect(result).toMatchObject({
      ok: true,
      payload: {
        event: { at: '1970-01-01T00:00:00.000Z' },
        env: { OWN: 'template', BOTH: 'runtime', AWS_LAMBDA_FUNCTION_NAME: 'env', AWS_REGION: 'us-east-1' },
        context: { functionName: 'env', memoryLimitInMB: '128', invokedFunctionArn: `${fn.arn}:live` },
      },
    });
    expect(JSON.stringify(result)).not.toContain('PLINTH_TEST_LEAK');
    expect(JSON.stringify(result)).not.toContain('gone');
  });

  test('can be made by name, and an unknown function is refused', async () => {
    const functions = host({ functions: [define('known', echo)] });
    expect(await functions.invoke('known:live', 1)).toMatchObject({ ok: true });
    await expect(functions.invoke('unknown', 1)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  test('that throws is a result with the error type and message', async () => {
    const functions = host({
      functions: [
        define('throws', 'export const handler = async () => { throw new RangeError("too far"); };'),
      ],
    });
    expect(await functions.invoke('throws', {})).toEqual({
      ok: false,
      errorType: 'RangeError',
      errorMessage: 'too far',
    });
  });

  test('longer than its timeout is ended, and the next one gets a fresh instance', async () => {
    const functions = host({ functions: [define('slow', thread, { timeoutMs: 300 })] });
    const first = await functions.invoke('slow', { ms: 1 });
    expect(await functions.invoke('slow', { ms: 5000 })).toMatchObject({
      ok: false,
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 0.30 seconds'),
    });
    const next = await functions.invoke('slow', { ms: 1 });
    expect(next.ok).toBe(true);
    expect(next).not.toEqual(first);
    expect(functions.stats().slow).toMatchObject({ timeouts: 1, instances: 1 });
  });

  test.each([
    ['process.exit(3)', 'exit status 3'],
    [
      'setTimeout(() => { throw new TypeError("later"); }, 1); await new Promise(() => {})',
      'TypeError: later',
    ],
    ['void Promise.reject(new TypeError("unhandled")); await new Promise(() => {})', 'TypeError: unhandled'],
  ])('in which the function does `%s` is a Runtime.ExitError', async (body, message) => {
    const functions = host({
      functions: [define('crash', `export const handler = async () => { ${body}; };`)],
    });
    expect(await functions.invoke('crash', {})).toMatchObject({
      ok: false,
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining(message),
    });
  });

  test.each([
    ['a module that throws', 'throw new Error("no config");', 'Error', 'no config'],
    ['a missing export', 'export const other = 1;', 'Runtime.HandlerNotFound', 'index.handler is undefined'],
    [
      'an object as handler',
      'export const handler = {};',
      'Runtime.HandlerNotFound',
      'index.handler is not a function',
    ],
  ])('of %s says so', async (_case, source, errorType, message) => {
    const functions = host({ functions: [define('broken', source)] });
    const result = await functions.invoke('broken', {});
    expect(result).toMatchObject({ ok: false, errorType, errorMessage: expect.stringContaining(message) });
  });

  test('does not count the import against its timeout, but the import has a limit of its own', async () => {
    const slowImport =
      'await new Promise((r) => setTimeout(r, 400)); export const handler = async () => "in time";';
    const functions = host({
      functions: [
        define('cold', slowImport, { timeoutMs: 200 }),
        define('never', 'await new Promise(() => setInterval(() => {}, 1000)); export const handler = 1;'),
      ],
      initTimeoutMs: 800,
    });
    expect(await functions.invoke('cold', {})).toEqual({ ok: true, payload: 'in time' });
    expect(await functions.invoke('never', {})).toMatchObject({
      ok: false,
      errorMessage: 'Init timed out after 0.80 seconds',
    });
  });

  test('with an event or an answer over 6 MB is refused', async () => {
    const functions = host({
      functions: [define('big', 'export const handler = async (n) => "x".repeat(Number(n) || 0);')],
    });
    await expect(functions.invoke('big', 'x'.repeat(6 * 1024 * 1024))).rejects.toMatchObject({ status: 413 });
    expect(await functions.invoke('big', 6 * 1024 * 1024)).toMatchObject({
      ok: false,
      errorType: 'Function.ResponseSizeTooLarge',
    });
  });
});

describe('instances', () => {
  test('[ARC-2] concurrent invocations never share an instance, sequential ones do', async () => {
    const functions = host({
      functions: [define('pool', thread)],
      maximumInstances: 3,
      hasRoom: () => true,
    });
    // Longer than it takes to start three, one after the other: nobody is done before the last has begun.
    const together = await Promise.all([1, 2, 3].map(() => functions.invoke('pool', { ms: 2_500 })));
    expect(new Set(together.map((result) => JSON.stringify(result))).size).toBe(3);
    const again = await functions.invoke('pool', { ms: 1 });
    expect(together).toContainEqual(again);
  });

  test('are not started on a busy machine while those that run get on', async () => {
    const functions = host({ functions: [define('busy', thread)], hasRoom: () => false });
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => functions.invoke('busy', { ms: 20 })));
    expect(results.every((result) => result.ok)).toBe(true);
    expect(functions.stats().busy).toMatchObject({ started: 1, invocations: 5 });
  });

  test('are started on a busy machine when those that run do not get on', async () => {
    const functions = host({ functions: [define('stuck', thread)], hasRoom: () => false });
    const stuck = functions.invoke('stuck', { ms: 4_000 });
    const other = await functions.invoke('stuck', { ms: 1 });
    expect(functions.stats().stuck).toMatchObject({ started: 2, busy: 1 });
    expect(await stuck).not.toEqual(other);
  });

  test('never number more than the reserved concurrency; the others wait, and past the bound are throttled', async () => {
    const functions = host({
      functions: [
        define('narrow', thread, { reservedConcurrency: 1 }),
        define('off', thread, { reservedConcurrency: 0 }),
      ],
      maximumQueued: 3,
    });
    const results = await Promise.all([1, 2, 3, 4].map(() => functions.invoke('narrow', { ms: 20 })));
    expect(results.filter((result) => result.ok)).toHaveLength(3);
    expect(results.at(-1)).toEqual({
      ok: false,
      errorType: 'TooManyRequestsException',
      errorMessage: 'Rate Exceeded.',
    });
    expect(functions.stats().narrow).toMatchObject({ started: 1, throttles: 1 });
    expect(await functions.invoke('off', { ms: 1 })).toMatchObject({ errorType: 'TooManyRequestsException' });
  });

  test('end when they were idle', async () => {
    const functions = host({ functions: [define('idle', thread)], idleMs: 100 });
    await functions.invoke('idle', { ms: 1 });
    await sleep(400);
    expect(functions.stats().idle?.instances).toBe(0);
    expect(await functions.invoke('idle', { ms: 1 })).toMatchObject({ ok: true });
  });

  test('are replaced while running: old invocations finish on old code, new ones run the new', async () => {
    const version = (n: number) =>
      define(
        'swap',
        `export const handler = async ({ ms }) => { await new Promise((r) => setTimeout(r, ms)); return ${n}; };`,
      );
    const functions = host({ functions: [version(1), define('dropped', echo)], maximumInstances: 1 });
    const running = functions.invoke('swap', { ms: 400 });
    while (functions.stats().swap?.busy !== 1) await sleep(5);
    const waiting = functions.invoke('swap', { ms: 1 });
    await functions.replace([version(2)]);
    expect(await functions.invoke('swap', { ms: 1 })).toEqual({ ok: true, payload: 2 });
    expect(await waiting).toEqual({ ok: true, payload: 2 });
    expect(await running).toEqual({ ok: true, payload: 1 });
    await expect(functions.invoke('dropped', {})).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('that crash fail what they were doing, and the next invocation gets a fresh one', async () => {
    const functions = host({ functions: [define('crash', thread)] });
    const running = functions.invoke('crash', { ms: 5000 });
    while (functions.stats().crash?.busy !== 1) await sleep(5);
    await functions.crash('crash');
    expect(await running).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
    expect(await functions.invoke('crash', { ms: 1 })).toMatchObject({ ok: true });
  });

  test('that did not change survive a replacement', async () => {
    const fn = define('same', thread);
    const functions = host({ functions: [fn] });
    const before = await functions.invoke('same', { ms: 1 });
    await functions.replace([{ ...fn }]);
    expect(await functions.invoke('same', { ms: 1 })).toEqual(before);
  });
});

describe('streaming', () => {
  const streams = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    if (event.early) throw new RangeError('early');
    stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-a': 'b' }, cookies: ['c=1'] });
    for (let i = 0; i < event.pieces; i += 1) {
      if (!stream.write('x'.repeat(event.size))) await new Promise((r) => stream.once('drain', r));
      await new Promise((r) => setTimeout(r, event.ms ?? 0));
      if (event.late) throw new RangeError('late');
    }
    stream.end();
  });`;

  test('status and headers come first, then the body piece by piece', async () => {
    const functions = host({ functions: [define('stream', streams)] });
    const response = await functions.invokeStream('stream', { pieces: 3, size: 2, ms: 100 });
    expect(response).toMatchObject({ statusCode: 201, headers: { 'x-a': 'b' }, cookies: ['c=1'] });
    const times: number[] = [];
    let body = '';
    for await (const piece of response.body) {
      times.push(Date.now());
      body += String(piece);
    }
    expect(body).toBe('xxxxxx');
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(120);
  });

  test('a large body arrives whole, though the function has to wait for the reader', async () => {
    const functions = host({ functions: [define('stream', streams)] });
    const response = await functions.invokeStream('stream', { pieces: 200, size: 50_000 });
    await sleep(200);
    expect((await text(response.body)).length).toBe(10_000_000);
  });

  test('a failure before the prelude rejects, after it breaks the body', async () => {
    const functions = host({ functions: [define('stream', streams)] });
    const early = functions.invokeStream('stream', { early: true });
    await expect(early).rejects.toBeInstanceOf(FunctionError);
    await expect(early).rejects.toMatchObject({ errorType: 'RangeError' });
    const late = await functions.invokeStream('stream', { pieces: 3, size: 1, late: true });
    await expect(text(late.body)).rejects.toThrow('late');
  });

  test('an answer without prelude is refused', async () => {
    const functions = host({
      functions: [define('plain', 'export const handler = async () => ({ statusCode: 200 });')],
    });
    await expect(functions.invokeStream('plain', {})).rejects.toThrow('no prelude');
  });
});

describe('logs', () => {
  test('what a function prints stands in its file and reaches the callback', async () => {
    const state = temporaryFolder();
    const seen: string[] = [];
    const functions = host({
      functions: [
        define('talks', 'export const handler = async () => { console.log("hello"); console.error("oh"); };'),
      ],
      state,
      log: (name, line) => seen.push(`${name} ${line}`),
    });
    await functions.invoke('talks', {});
    await sleep(100);
    await functions.stop();
    running = [];
    expect(readFileSync(join(state, 'logs/talks.log'), 'utf8')).toMatch(/hello[^]*oh/);
    expect(seen.join('')).toContain('talks hello');
  });

  test('a file that grew too large makes room for a new one', () => {
    const state = temporaryFolder();
    const logs = openLogs(state, 10);
    logs.write('f', 'first, and long\n');
    logs.write('f', 'second\n');
    logs.close();
    expect(readFileSync(join(state, 'logs/f.log.1'), 'utf8')).toBe('first, and long\n');
    expect(readFileSync(join(state, 'logs/f.log'), 'utf8')).toBe('second\n');
  });
});
