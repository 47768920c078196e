/** Workflows run as declared, and the death of a worker costs an attempt and nothing else. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { startFunctions } from '#local/functions/host.ts';
import type { Running } from '#local/parts/contract.ts';
import { startStates } from '#local/parts/states/states.ts';
import { definitionOf } from '#lib/constructs/workflow.ts';
import { workflow } from '#shared/contract/workflow.ts';
import { define, temporaryFolder } from '../functions/definitions.ts';

const declared = workflow({
  name: 'things.run',
  summary: 'Runs',
  input: z.object({ id: z.string() }),
  steps: {
    first: { timeoutSeconds: 5 },
    long: { timeoutSeconds: 5, repeats: true },
    last: { timeoutSeconds: 5 },
  },
  failed: { timeoutSeconds: 5 },
  requirements: ['EXP-1'],
});

/** Appends each call to a file, and does what the input says at the step that it names. */
const worker = `
import { appendFileSync, readFileSync } from 'node:fs';
const refusal = (name) => Object.assign(new Error(name), { name });
export const handler = async (event) => {
  const { step, input } = event;
  appendFileSync(input.file, JSON.stringify({ ...event, pid: process.pid }) + '\\n');
  const calls = readFileSync(input.file, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
  const times = calls.filter((call) => call.step === step).length;
  if (input.at === step && input.refuses) throw refusal(input.refuses);
  if (input.at === step && input.dies >= times) process.kill(process.pid, 'SIGKILL');
  if (input.at === step && input.hangs >= times) await new Promise((resolve) => setTimeout(resolve, 60000));
  if (step === 'failed') return { expected: event.error !== 'workflow.crashed' };
  if (step === 'long') return times === 1 ? { done: false } : { done: times > 2, afterSeconds: 1 };
  return null;
};`;

type Call = {
  step: string;
  pid: number;
  executionId: string;
  input: unknown;
  tenantId: string;
  error?: string;
};

const running: Running[] = [];
afterEach(async () => {
  for (const part of running.splice(0).reverse()) await part.stop();
});

function stage(mayInvoke: (roleArn: string, functionArn: string) => Promise<void> = async () => undefined) {
  const fn = define('worker', worker, { apart: true, timeoutMs: 1_500 });
  const state = temporaryFolder();
  const functions = startFunctions({ functions: [fn], environment: () => ({}), state });
  running.push(functions);
  const arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:things-run';
  const definition = quick(definitionOf(declared, fn.arn, 60));
  const machine = { name: 'things-run', arn, roleArn: 'arn:aws:iam::000000000000:role/things', definition };
  const { invoke } = functions;
  const states = startStates({ machines: [machine], invoke, mayInvoke, state, log: () => undefined });
  running.push(states);
  const ask = async (action: string, body: Record<string, unknown>) => {
    const call = { service: 'states', action, body, region: 'us-east-1', caller: 'LOCALADMIN' };
    return (await states.handler(call)).body as Record<string, unknown>;
  };
  const run = async (how: Record<string, unknown> = {}) => {
    const file = join(temporaryFolder(), 'calls');
    const input = { tenantId: 'ten_1', trace: null, input: { file, ...how } };
    const { executionArn } = await ask('StartExecution', {
      stateMachineArn: arn,
      input: JSON.stringify(input),
    });
    for (;;) {
      const execution = await ask('DescribeExecution', { executionArn });
      if (execution.status !== 'RUNNING') return { execution, calls: callsIn(file) };
      await sleep(20);
    }
  };
  return { run, functions, fn };
}

/** Retries as they are, but soon. */
function quick(definition: object): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(definition).replaceAll('"IntervalSeconds":1', '"IntervalSeconds":0.01'),
  ) as Record<string, unknown>;
}

function callsIn(file: string): Call[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Call);
}

describe('[ARC-2] a workflow', () => {
  test('runs its steps in order with one input, and repeats the one that is not done', async () => {
    const { run } = stage();
    const startedAt = Date.now();
    const { execution, calls } = await run();
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(calls.map(({ step }) => step)).toEqual(['first', 'long', 'long', 'long', 'last']);
    expect(
      new Set(calls.map((call) => JSON.stringify([call.input, call.tenantId, call.executionId]))).size,
    ).toBe(1);
    expect(calls[0]?.executionId).toBe(execution.executionArn);
    // The second answer asked for a second's pause, the first for none.
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  });

  test('that a step refuses goes to its failed step with the code, and is nobody’s alarm', async () => {
    const { execution, calls } = await stage().run({ at: 'long', refuses: 'things.too_large' });
    expect(calls.map(({ step, error }) => [step, error])).toEqual([
      ['first', undefined],
      ['long', undefined],
      ['failed', 'things.too_large'],
    ]);
    expect(execution.status).toBe('SUCCEEDED');
  });

  test('that a step breaks is tried ten times, ends at its failed step and counts as failed', async () => {
    const { execution, calls } = await stage().run({ at: 'first', refuses: 'workflow.crashed' });
    expect(calls.map(({ step }) => step)).toEqual([...Array<string>(10).fill('first'), 'failed']);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'workflow.crashed' });
  });

  test('whose role may not call the worker never does', async () => {
    const { run } = stage(async (_role, functionArn) => {
      throw new Error(`not authorized on ${functionArn}`);
    });
    const { execution, calls } = await run();
    expect(calls).toEqual([]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Lambda.AWSLambdaException' });
  });
});

describe('[OPS-7] a worker of a state machine', () => {
  test('that is killed is replaced six times over, by a new process each, and the host lives on', async () => {
    const { execution, calls } = await stage().run({ at: 'first', dies: 6 });
    expect(execution.status).toBe('SUCCEEDED');
    const pids = calls.filter(({ step }) => step === 'first').map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(7);
    expect(pids).not.toContain(process.pid);
  });

  test('that does not end in time is ended, and called again', async () => {
    const { execution, calls } = await stage().run({ at: 'last', hangs: 1 });
    expect(execution.status).toBe('SUCCEEDED');
    expect(calls.filter(({ step }) => step === 'last')).toHaveLength(2);
  });

  test('says how it died, as Lambda does, and can be found by its process', async () => {
    const { functions, fn } = stage();
    const file = join(temporaryFolder(), 'calls');
    const result = functions.invoke(fn.arn, { step: 'first', input: { file, at: 'first', hangs: 1 } });
    while (callsIn(file).length === 0) await sleep(20);
    const [pid = 0] = functions.stats().worker?.pids ?? [];
    expect(pid).toBe(callsIn(file)[0]?.pid);
    process.kill(pid, 'SIGKILL');
    expect(await result).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('Runtime exited with error: signal: SIGKILL'),
    });
  });

  test('ends with the host, however that ends', async () => {
    const file = join(temporaryFolder(), 'calls');
    const holder = holding(file);
    while (callsIn(file).length === 0) await sleep(20);
    const { pid } = callsIn(file)[0] ?? { pid: 0 };
    expect(isAlive(pid)).toBe(true);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    for (let tries = 0; isAlive(pid) && tries < 250; tries += 1) await sleep(20);
    expect(isAlive(pid)).toBe(false);
  });
});

function holding(file: string): ChildProcess {
  const { codeFolder } = define('held', worker);
  return fork(join(import.meta.dirname, 'holder.ts'), [codeFolder, file, temporaryFolder()], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env.PATH },
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
