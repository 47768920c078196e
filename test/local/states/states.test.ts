/** State machines run with real semantics, and what a killed process did not finish is finished by the next. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Invoke } from '#local/parts/contract.ts';
import { startStates, type States } from '#local/parts/states/states.ts';
import type { StateMachineDefinition } from '#local/template/signals.ts';
import { invoking, machine, region } from './machines.ts';

const temporary = () => mkdtempSync(join(tmpdir(), 'plinth-states-'));
let running: States[] = [];
afterEach(async () => {
  await Promise.all(running.map((states) => states.stop()));
  running = [];
});

function start(machines: StateMachineDefinition[], invoke: Invoke, state = temporary()) {
  const lines: string[] = [];
  const states = startStates({ machines, invoke, state, log: (line) => lines.push(line) });
  running.push(states);
  const call = async (action: string, body: Record<string, unknown>) => {
    const answer = await states.handler({ service: 'states', action, body, region, caller: 'LOCALADMIN' });
    return answer.body as Record<string, unknown>;
  };
  const ended = async (executionArn: unknown) => {
    for (;;) {
      const execution = await call('DescribeExecution', { executionArn });
      if (execution.status !== 'RUNNING') return execution;
      await sleep(10);
    }
  };
  const runOnce = async (definition: StateMachineDefinition, input: unknown) => {
    const { executionArn } = await call('StartExecution', {
      stateMachineArn: definition.arn,
      input: JSON.stringify(input),
    });
    return ended(executionArn);
  };
  return { states, call, ended, runOnce, lines };
}

const echo: Invoke = async (fn, event) => ({ ok: true, payload: { fn, event } });

describe('[ARC-2] an execution', () => {
  test('invokes functions with the payload and passes results on', async () => {
    const definition = machine('pass', {
      First: invoking('one', {
        ResultSelector: { 'got.$': '$.Payload.event.n' },
        ResultPath: '$.first',
        Next: 'Second',
      }),
      Second: {
        ...invoking('two'),
        Parameters: {
          FunctionName: 'two',
          Payload: { 'id.$': '$$.Execution.Name', 'n.$': '$.first.got' },
        },
        OutputPath: '$.Payload',
      },
    });
    const { call, ended } = start([definition], echo);
    const { executionArn } = await call('StartExecution', {
      stateMachineArn: definition.arn,
      name: 'x1',
      input: '{"n":7}',
    });
    expect(executionArn).toBe(`arn:aws:states:${region}:000000000000:execution:pass:x1`);
    const execution = await ended(executionArn);
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      name: 'x1',
      input: '{"n":7}',
      stateMachineArn: definition.arn,
    });
    expect(JSON.parse(String(execution.output))).toEqual({ fn: 'two', event: { id: 'x1', n: 7 } });
    expect(Number(execution.stopDate)).toBeGreaterThanOrEqual(Number(execution.startDate));
  });

  test('runs each item of a Map, and waits', async () => {
    const definition = machine('map', {
      Pause: { Type: 'Wait', Seconds: 0, Next: 'Each' },
      Until: { Type: 'Wait', TimestampPath: '$.at', End: true },
      Each: {
        Type: 'Map',
        ItemsPath: '$.items',
        ItemSelector: { 'item.$': '$$.Map.Item.Value', 'at.$': '$.at' },
        ItemProcessor: {
          StartAt: 'Do',
          States: { Do: invoking('do', { OutputPath: '$.Payload.event', End: true }) },
        },
        ResultPath: '$.done',
        Next: 'Until',
      },
    });
    const { runOnce } = start([definition], echo);
    const at = new Date(Date.now() + 300).toISOString();
    const { output } = await runOnce(definition, { at, items: [1, 2] });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(at));
    expect(JSON.parse(String(output))).toMatchObject({
      at,
      done: [
        { item: 1, at },
        { item: 2, at },
      ],
    });
  });

  test('a wait of months does not end at once', async () => {
    const definition = machine('grace', {
      Grace: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Purge' },
      Purge: invoking('purge'),
    });
    const purged: unknown[] = [];
    const { call } = start([definition], async (fn) => ({ ok: true, payload: purged.push(fn) }));
    const { executionArn } = await call('StartExecution', {
      stateMachineArn: definition.arn,
      input: '{"seconds":7776000}',
    });
    await sleep(200);
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'RUNNING' });
    expect(purged).toEqual([]);
  });

  test('retries and catches a function error by its type, and fails with it otherwise', async () => {
    let calls = 0;
    const flaky: Invoke = async () => {
      calls += 1;
      return calls < 3 ? { ok: false, errorType: 'Busy', errorMessage: 'no' } : { ok: true, payload: calls };
    };
    const retry = machine('retry', {
      Try: invoking('t', {
        Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, BackoffRate: 1, MaxDelaySeconds: 1 }],
        OutputPath: '$.Payload',
        End: true,
      }),
    });
    expect(await start([retry], flaky).runOnce(retry, {})).toMatchObject({
      status: 'SUCCEEDED',
      output: '3',
    });

    const broken: Invoke = async () => ({ ok: false, errorType: 'TenantError', errorMessage: 'slug taken' });
    const caught = machine('caught', {
      Try: invoking('t', {
        Catch: [{ ErrorEquals: ['TenantError'], ResultPath: '$.error', Next: 'Undo' }],
        End: true,
      }),
      Undo: { Type: 'Pass', End: true },
    });
    const { output } = await start([caught], broken).runOnce(caught, { a: 1 });
    expect(JSON.parse(String(output))).toMatchObject({
      a: 1,
      error: { Error: 'TenantError', Cause: '{"errorType":"TenantError","errorMessage":"slug taken"}' },
    });

    const plain = machine('plain', { Try: invoking('t') });
    const { runOnce, lines } = start([plain], broken);
    expect(await runOnce(plain, {})).toMatchObject({
      status: 'FAILED',
      error: 'TenantError',
      cause: expect.stringContaining('slug taken'),
    });
    expect(lines.join()).toContain('TenantError');
  });
});

describe('a name', () => {
  test('is used once: the same start while it runs is the same execution, another is refused', async () => {
    const definition = machine('names', { Work: invoking('work') });
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { call, ended } = start([definition], async () => {
      await gate;
      return { ok: true, payload: 1 };
    });
    const body = { stateMachineArn: definition.arn, name: 'once', input: '{"a":1}' };
    const first = await call('StartExecution', body);
    expect(await call('StartExecution', body)).toEqual(first);
    const other = call('StartExecution', { ...body, input: '{"a":2}' });
    await expect(other).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    release();
    await ended(first.executionArn);
    await expect(call('StartExecution', body)).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
  });

  test.each([
    [
      { stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:none' },
      'StateMachineDoesNotExist',
    ],
    [{ name: 'with space' }, 'InvalidName'],
    [{ input: '{' }, 'InvalidExecutionInput'],
  ])('or input or machine that is wrong is refused: %j', async (more, code) => {
    const definition = machine('m', { Work: invoking('work') });
    const { call } = start([definition], echo);
    await expect(call('StartExecution', { stateMachineArn: definition.arn, ...more })).rejects.toMatchObject({
      code,
    });
  });
});

test('executions are listed newest first, by status, page by page, and can be stopped', async () => {
  const definition = machine('list', { Work: invoking('work') });
  const { call } = start([definition], () => new Promise(() => undefined));
  const begin = async (name: string) => {
    await sleep(2);
    return call('StartExecution', { stateMachineArn: definition.arn, name });
  };
  await begin('a');
  const { executionArn } = await begin('b');
  await begin('c');
  await call('StopExecution', { executionArn, error: 'Why', cause: 'because' });
  expect(await call('DescribeExecution', { executionArn })).toMatchObject({
    status: 'ABORTED',
    error: 'Why',
    cause: 'because',
  });
  const names = (answer: Record<string, unknown>) =>
    (answer.executions as { name: string }[]).map(({ name }) => name);
  const page = { stateMachineArn: definition.arn, maxResults: 2 };
  const first = await call('ListExecutions', page);
  expect(names(first)).toEqual(['c', 'b']);
  expect(names(await call('ListExecutions', { ...page, nextToken: first.nextToken }))).toEqual(['a']);
  expect(names(await call('ListExecutions', { ...page, statusFilter: 'RUNNING' }))).toEqual(['c', 'a']);
});

describe('after the end of the process', () => {
  test('by kill -9, an unfinished execution starts again from its input', async () => {
    const state = temporary();
    const child = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), state], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');

    const definition = machine('long', { Work: invoking('work') });
    const { call, ended, lines } = start([definition], echo, state);
    const { executions } = await call('ListExecutions', { stateMachineArn: definition.arn });
    const [execution] = executions as { executionArn: string }[];
    const { status, output } = await ended(execution?.executionArn);
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(String(output))).toMatchObject({ Payload: { event: { n: 1 } } });
    expect(lines.join()).toContain('starts again from its input');
  });

  test('in order, too, and a finished one stays finished', async () => {
    const state = temporary();
    const done = machine('done', { Work: invoking('work') });
    const waits = machine('waits', { Wait: { Type: 'Wait', Seconds: 60, End: true } });
    const first = start([done, waits], echo, state);
    await first.runOnce(done, {});
    await first.call('StartExecution', { stateMachineArn: waits.arn, name: 'w' });
    await first.states.stop();
    running = [];
    const { lines, call } = start([done, waits], echo, state);
    expect(lines).toEqual([expect.stringContaining('execution:waits:w was not finished')]);
    expect(
      await call('ListExecutions', { stateMachineArn: done.arn, statusFilter: 'SUCCEEDED' }),
    ).toMatchObject({ executions: [{}] });
  });

  test('one whose machine is gone is recorded as aborted', async () => {
    const state = temporary();
    const waits = machine('waits', { Wait: { Type: 'Wait', Seconds: 60, End: true } });
    const first = start([waits], echo, state);
    await first.call('StartExecution', { stateMachineArn: waits.arn, name: 'w' });
    await first.states.stop();
    running = [];
    const { call } = start([], echo, state);
    const executionArn = waits.arn.replace('stateMachine', 'execution') + ':w';
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({
      status: 'ABORTED',
      error: 'StateMachineDeleted',
    });
  });
});

describe('a definition', () => {
  test.each([
    [
      'another service',
      { A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true } },
      'resource arn:aws:states:::sqs:sendMessage',
    ],
    [
      'a task token',
      { A: { ...invoking('f'), Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' } },
      'waitForTaskToken',
    ],
    ['JSONata', { A: { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% 1 %}', End: true } }, 'JSONata'],
    [
      'a distributed map',
      {
        A: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED' },
            StartAt: 'B',
            States: { B: { Type: 'Pass', End: true } },
          },
          End: true,
        },
      },
      'distributed map',
    ],
    [
      'an unknown context path',
      { A: { Type: 'Pass', Parameters: { 'a.$': '$$.Task.Token' }, End: true } },
      '$$.Task.Token',
    ],
    [
      'the execution input inside a Map',
      {
        A: {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'B',
            States: { B: { Type: 'Pass', Parameters: { 'a.$': '$$.Execution.Input.x' }, End: true } },
          },
          End: true,
        },
      },
      'inside a Map',
    ],
  ])('with %s is refused at start, not ignored', (_case, States, message) => {
    expect(() => start([machine('bad', States)], echo)).toThrow(message);
  });

  test('that is not valid is refused', () => {
    expect(() => start([machine('bad', { A: { Type: 'Pass', Next: 'Nowhere' } })], echo)).toThrow(/invalid/);
  });

  test('can be replaced; running executions go on', async () => {
    const one = machine('swap', { Work: invoking('one') });
    const { states, runOnce } = start([one], echo);
    states.replace([machine('swap', { Work: invoking('two') })]);
    expect(String((await runOnce(one, {})).output)).toContain('function:two');
  });
});
