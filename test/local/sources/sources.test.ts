/** Queues feed functions as Lambda's pollers do, events reach their targets, and triggers run at start. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import type { Invoke, InvokeResult, Running } from '#local/parts/contract.ts';
import { runCustomResources } from '#local/sources/custom.ts';
import { startDelivery } from '#local/sources/deliver.ts';
import { adminCredentials, queueUrl, startEventSources } from '#local/sources/queue.ts';
import { failedMessages } from '#local/sources/records.ts';
import type { EventSourceMapping } from '#local/template/functions.ts';
import { accountId, region, startStack, type Stack } from '../front/stack.ts';

let stack: Stack;
let sqs: SQSClient;
let started: Running[] = [];
let queues = 0;
const ok: InvokeResult = { ok: true, payload: null };
const failure: InvokeResult = { ok: false, errorType: 'Error', errorMessage: 'no' };

beforeAll(async () => {
  stack = await startStack();
  sqs = new SQSClient({ endpoint: stack.front.url, region, credentials: adminCredentials });
});
afterEach(async () => {
  await Promise.all(started.map((part) => part.stop()));
  started = [];
});
afterAll(async () => {
  sqs.destroy();
  await stack.stop();
});

async function queue(properties: Record<string, unknown> = {}) {
  const name = `queue-${(queues += 1)}`;
  await stack.queues.ensureQueues([{ name, properties: { VisibilityTimeout: 1, ...properties } }]);
  const arn = `arn:aws:sqs:${region}:${accountId}:${name}`;
  const QueueUrl = queueUrl(stack.front.url, arn);
  return {
    arn,
    send: (MessageBody: string, more: object = {}) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more })),
    receive: async () =>
      (
        await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ['All'] }),
        )
      ).Messages ?? [],
    size: async () => {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] });
      const { Attributes = {} } = await sqs.send(command);
      return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
    },
  };
}

function feed(
  queueArn: string,
  invoke: Invoke,
  more: Partial<EventSourceMapping> = {},
  accessKeyId = adminCredentials.accessKeyId,
) {
  const lines: string[] = [];
  const mapping = {
    id: 'm',
    functionArn: 'fn:live',
    queueArn,
    batchSize: 10,
    batchWindowMs: 0,
    reportsFailures: true,
    ...more,
  };
  const log = (line: string) => void lines.push(line);
  const accessKeyOf = () => accessKeyId;
  started.push(
    startEventSources({ mappings: [mapping], endpoint: stack.front.url, invoke, log, accessKeyOf }),
  );
  return lines;
}

async function until(condition: () => boolean | Promise<boolean>, limitMs = 8000): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(20)) if (await condition()) return;
  throw new Error('It did not happen in time');
}

describe('[ARC-2] an event source mapping', () => {
  test('hands messages over as Lambda does, and deletes them', async () => {
    const { arn, send, size } = await queue();
    const events: SQSEvent[] = [];
    feed(arn, async (fn, event) => {
      expect(fn).toBe('fn:live');
      events.push(event as SQSEvent);
      return ok;
    });
    await send('{"a":1}', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'x' },
        raw: { DataType: 'Binary', BinaryValue: Buffer.from('hi') },
      },
    });
    await until(() => events.length === 1);
    expect(events[0]?.Records[0]).toMatchObject({
      body: '{"a":1}',
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: region,
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d+$/) },
      messageAttributes: { kind: { stringValue: 'x', dataType: 'String' }, raw: { binaryValue: 'aGk=' } },
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    await until(async () => (await size()) === 0);
  });

  test('polls as the role of its function, which must be allowed to', async () => {
    const { arn, send, size } = await queue();
    const poller = stack.as({ Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: arn });
    const lines = feed(arn, async () => ok, {}, poller.credentials.accessKeyId);
    const isRefused = (action: string) => () =>
      lines.some((line) => line.includes(`not authorized to perform: sqs:${action}`));
    await send('hello');
    await until(isRefused('GetQueueAttributes'));
    const looking = ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
    stack.grant(poller, { Effect: 'Allow', Action: looking, Resource: arn });
    await until(isRefused('DeleteMessage'));
    stack.grant(poller, { Effect: 'Allow', Action: [...looking, 'sqs:DeleteMessage'], Resource: arn });
    await until(async () => (await size()) === 0);
    expect(stack.decisions).toContainEqual(
      expect.objectContaining({ role: 'Caller', action: 'sqs:DeleteMessage', resource: arn, allowed: true }),
    );
  });

  test('keeps only the messages the function says it failed, until it does not', async () => {
    const { arn, send, size } = await queue();
    const seen: string[][] = [];
    for (const body of ['good', 'bad', 'fine']) await send(body);
    let heal = false;
    feed(arn, async (_fn, event) => {
      const { Records } = event as SQSEvent;
      seen.push(Records.map((record) => record.body));
      const failed = Records.filter((record) => record.body === 'bad' && !heal);
      return {
        ok: true,
        payload: { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) },
      };
    });
    await until(() => seen.flat().filter((body) => body === 'bad').length >= 2);
    expect(
      seen
        .flat()
        .filter((body) => body !== 'bad')
        .sort(),
    ).toEqual(['fine', 'good']);
    heal = true;
    await until(async () => (await size()) === 0);
  });

  test('leaves the whole batch to its visibility timeout when the function fails', async () => {
    const { arn, send, size } = await queue();
    let calls = 0;
    const lines = feed(arn, async () => ((calls += 1) === 1 ? failure : ok), { reportsFailures: false });
    const sentMs = Date.now();
    await send('again');
    await until(() => calls === 2);
    expect(Date.now() - sentMs).toBeGreaterThanOrEqual(900);
    expect(lines.join()).toContain('fn:live failed a batch: Error: no');
    await until(async () => (await size()) === 0);
  });

  test('moves what keeps failing to the dead-letter queue', async () => {
    const dead = await queue();
    const { arn, send } = await queue({
      RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 1 },
    });
    feed(arn, async () => failure);
    await send('poison');
    await until(async () => (await dead.size()) === 1, 10_000);
  });

  test('never runs more batches at once than its maximum concurrency', async () => {
    const { arn, send, size } = await queue({ VisibilityTimeout: 30 });
    let now = 0;
    let most = 0;
    const handled: string[] = [];
    feed(
      arn,
      async (_fn, event) => {
        most = Math.max(most, (now += 1));
        await sleep(100);
        now -= 1;
        handled.push(...(event as SQSEvent).Records.map((record) => record.body));
        return ok;
      },
      { batchSize: 1, maximumConcurrency: 2 },
    );
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => send(String(n))));
    await until(async () => (await size()) === 0);
    expect(most).toBe(2);
    expect(handled.sort()).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  test('waits its window for a fuller batch, and no longer for a full one', async () => {
    const { arn, send } = await queue({ VisibilityTimeout: 30 });
    const sizes: number[] = [];
    const collect: Invoke = async (_fn, event) => {
      sizes.push((event as SQSEvent).Records.length);
      return ok;
    };
    feed(arn, collect, { batchSize: 3, batchWindowMs: 2000, maximumConcurrency: 1 });
    await send('1');
    await sleep(300);
    await send('2');
    await until(() => sizes.length === 1);
    expect(sizes).toEqual([2]);
    const before = Date.now();
    await Promise.all(['a', 'b', 'c'].map((body) => send(body)));
    await until(() => sizes.reduce((sum, size) => sum + size, 0) === 5);
    expect(Date.now() - before).toBeLessThan(4500);
  });

  test('stops polling at once, and waits for what is being worked on', async () => {
    const { arn, send } = await queue();
    let begun = false;
    let done = false;
    feed(arn, async () => {
      begun = true;
      await sleep(300);
      done = true;
      return ok;
    });
    await send('last');
    await until(() => begun);
    const before = Date.now();
    await started[0]?.stop();
    expect(done).toBe(true);
    expect(Date.now() - before).toBeLessThan(2000);
  });

  const batch = [{ MessageId: 'a' }, { MessageId: 'b' }];
  test.each([
    [undefined, []],
    [null, []],
    [{}, []],
    [{ batchItemFailures: [] }, []],
    [{ batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
    [{ batchItemFailures: [{ itemIdentifier: 'unknown' }] }, ['a', 'b']],
    [{ batchItemFailures: [{ itemIdentifier: '' }] }, ['a', 'b']],
    [{ batchItemFailures: [{}] }, ['a', 'b']],
    [{ batchItemFailures: 'all' }, ['a', 'b']],
  ])('takes the response %j for the failures %j, as Lambda does', (payload, failed) => {
    expect([...failedMessages(payload, batch)]).toEqual(failed);
  });
});

describe('an event', () => {
  function delivery(invoke: Invoke) {
    const executions: [string, string][] = [];
    const lines: string[] = [];
    const part = startDelivery({
      ...{ endpoint: stack.front.url, invoke, retryDelaysMs: [10, 10], log: (line) => void lines.push(line) },
      startExecution: async (arn, input) => executions.push([arn, input]),
    });
    started.push(part);
    return { ...part, executions, lines };
  }
  const lambdaArn = `arn:aws:lambda:${region}:${accountId}:function:f`;

  test('reaches a function, a queue, and a state machine', async () => {
    const { arn, receive } = await queue();
    const events: unknown[] = [];
    const { deliver, executions } = delivery(async (fn, event) => {
      events.push([fn, event]);
      return ok;
    });
    await deliver({ arn: lambdaArn }, { a: 1 });
    await deliver({ arn }, { b: 2 });
    await deliver({ arn: 'arn:aws:states:us-east-1:0:stateMachine:m' }, { c: 3 });
    expect(events).toEqual([[lambdaArn, { a: 1 }]]);
    expect((await receive())[0]?.Body).toBe('{"b":2}');
    expect(executions).toEqual([['arn:aws:states:us-east-1:0:stateMachine:m', '{"c":3}']]);
    await expect(deliver({ arn: 'arn:aws:sns:us-east-1:0:t' }, {})).rejects.toThrow('cannot target');
  });

  test('that a function fails on is tried three times and dropped; a busy function sends it back', async () => {
    let calls = 0;
    const { deliver, lines } = delivery(async () => {
      calls += 1;
      return failure;
    });
    await deliver({ arn: lambdaArn }, {});
    expect(calls).toBe(3);
    expect(lines.at(-1)).toContain('the event is dropped');
    const busy = delivery(async () => ({
      ok: false,
      errorType: 'TooManyRequestsException',
      errorMessage: 'Rate Exceeded.',
    }));
    await expect(busy.deliver({ arn: lambdaArn }, {})).rejects.toThrow('Rate Exceeded');
  });

  test('that cannot be delivered lands in the dead-letter queue with the reason', async () => {
    const { arn, receive } = await queue();
    await delivery(async () => ok).deadLetter(arn, { a: 1 }, { ERROR_MESSAGE: 'why' });
    expect((await receive())[0]).toMatchObject({
      Body: '{"a":1}',
      MessageAttributes: { ERROR_MESSAGE: { StringValue: 'why' } },
    });
  });
});

describe('a trigger', () => {
  const resource = (logicalId: string, properties: object = {}) => ({
    ...{ stack: 's', logicalId, type: 'Custom::Trigger' },
    properties: {
      HandlerArn: `arn:${logicalId}`,
      InvocationType: 'RequestResponse',
      Timeout: '200',
      ...properties,
    },
  });
  const log = () => undefined;

  test('runs its function, one after the other', async () => {
    const order: string[] = [];
    const invoke: Invoke = async (arn) => {
      order.push(`${arn} begins`);
      await sleep(20);
      order.push(`${arn} ends`);
      return ok;
    };
    await runCustomResources({ resources: [resource('a'), resource('b')], invoke, log });
    expect(order).toEqual(['arn:a begins', 'arn:a ends', 'arn:b begins', 'arn:b ends']);
  });

  test.each([
    [
      'fails',
      { ok: false, errorType: 'MigrationError', errorMessage: 'relation exists' } satisfies InvokeResult,
      'The trigger s/a failed: MigrationError: relation exists',
    ],
    ['hangs', new Promise<InvokeResult>(() => undefined), 'The trigger s/a did not finish within 200 ms'],
  ])('whose function %s fails the start', async (_case, result, message) => {
    const attempt = runCustomResources({ resources: [resource('a')], invoke: async () => result, log });
    await expect(attempt).rejects.toThrow(message);
  });

  test('of another type has no provider here', async () => {
    const resources = [{ ...resource('a'), type: 'Custom::Other' }];
    await expect(runCustomResources({ resources, invoke: async () => ok, log })).rejects.toThrow(
      'Custom::Other has no local provider',
    );
  });
});
