/**
 * SQS event source mappings: polls a queue, hands batches to a function, and deletes what succeeded. What failed
 * stays until its visibility timeout, as with Lambda's own pollers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import type { Invoke, Running } from '../parts/contract.ts';
import type { EventSourceMapping } from '../template/functions.ts';
import { failedMessages, sqsEvent } from './records.ts';

/** What the pollers need. */
export type EventSourcesOptions = {
  mappings: EventSourceMapping[];
  /** The AWS front. */
  endpoint: string;
  invoke: Invoke;
  /** Whom a mapping polls as; the runtime itself unless told. */
  accessKeyOf?: (mapping: EventSourceMapping) => string;
  log: (line: string) => void;
};

/** The runtime's own identity at the front, which passes without a policy. */
export const adminCredentials = { accessKeyId: 'LOCALADMIN', secretAccessKey: 'local' };

/** Lambda starts with five pollers when a mapping sets no maximum. */
const usualConcurrency = 5;
const longPollSeconds = 20;
const receiveLimit = 10;

/** Starts polling; `stop` waits for the batches that are being worked on. */
export function startEventSources(options: EventSourcesOptions): Running {
  const stopping = new AbortController();
  const pollers = options.mappings.map((mapping) => poll(mapping, options, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(pollers);
    },
  };
}

/** The address of a queue at the front, from its ARN. */
export function queueUrl(endpoint: string, queueArn: string): string {
  const [account = '', name = ''] = queueArn.split(':').slice(4);
  return `${endpoint}/${account}/${name}`;
}

type Queue = { client: SQSClient; url: string };

async function poll(
  mapping: EventSourceMapping,
  options: EventSourcesOptions,
  signal: AbortSignal,
): Promise<void> {
  const region = mapping.queueArn.split(':')[3] ?? 'us-east-1';
  const accessKeyId = options.accessKeyOf?.(mapping) ?? adminCredentials.accessKeyId;
  const credentials = { ...adminCredentials, accessKeyId };
  const client = new SQSClient({ endpoint: options.endpoint, region, credentials });
  const queue: Queue = { client, url: queueUrl(options.endpoint, mapping.queueArn) };
  const working = new Set<Promise<void>>();
  let pauseMs = 0;
  let isKnown = false;
  while (!signal.aborted) {
    try {
      // Lambda looks at a queue before it polls it, and the role has to let it.
      if (!isKnown) await queue.client.send(attributesOf(queue), { abortSignal: signal });
      isKnown = true;
      if (working.size >= (mapping.maximumConcurrency ?? usualConcurrency)) await Promise.race(working);
      const batch = await gather(mapping, queue, signal);
      pauseMs = 0;
      if (batch.length === 0) continue;
      const work = handle(mapping, queue, batch, options).finally(() => working.delete(work));
      working.add(work);
    } catch (error) {
      if (signal.aborted) break;
      pauseMs = Math.min(pauseMs * 2 || 500, 10_000);
      options.log(`${mapping.queueArn}: ${String(error)}; polling again in ${pauseMs} ms`);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  await Promise.all(working);
  client.destroy();
}

function attributesOf({ url }: Queue): GetQueueAttributesCommand {
  return new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['VisibilityTimeout'] });
}

/** Waits for messages; within the batching window, for as many as make a full batch. */
async function gather(mapping: EventSourceMapping, queue: Queue, signal: AbortSignal): Promise<Message[]> {
  const batch = await receive(mapping.batchSize, longPollSeconds, queue, signal);
  const deadline = Date.now() + mapping.batchWindowMs;
  while (batch.length > 0 && batch.length < mapping.batchSize && !signal.aborted) {
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) break;
    // Whole seconds are the finest wait; the remainder is slept, so that the window is not left early.
    const seconds = Math.floor(leftMs / 1000);
    if (seconds === 0) await sleep(leftMs, undefined, { signal }).catch(() => undefined);
    batch.push(
      ...(await receive(mapping.batchSize - batch.length, Math.min(seconds, longPollSeconds), queue, signal)),
    );
  }
  return batch;
}

async function receive(
  atMost: number,
  waitSeconds: number,
  queue: Queue,
  signal: AbortSignal,
): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queue.url,
    MaxNumberOfMessages: Math.min(atMost, receiveLimit),
    WaitTimeSeconds: waitSeconds,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  return (await queue.client.send(command, { abortSignal: signal })).Messages ?? [];
}

async function handle(
  mapping: EventSourceMapping,
  queue: Queue,
  batch: Message[],
  { invoke, log }: EventSourcesOptions,
): Promise<void> {
  try {
    const result = await invoke(mapping.functionArn, sqsEvent(batch, mapping.queueArn));
    const failed = result.ok
      ? failedMessages(mapping.reportsFailures ? result.payload : undefined, batch)
      : new Set(batch.map((message) => message.MessageId));
    if (!result.ok) log(`${mapping.functionArn} failed a batch: ${result.errorType}: ${result.errorMessage}`);
    await remove(
      queue,
      batch.filter((message) => !failed.has(message.MessageId)),
      log,
    );
  } catch (error) {
    log(`${mapping.functionArn}: ${String(error)}`);
  }
}

async function remove(queue: Queue, messages: Message[], log: (line: string) => void): Promise<void> {
  for (let from = 0; from < messages.length; from += receiveLimit) {
    const Entries = messages.slice(from, from + receiveLimit).map((message, index) => ({
      Id: String(index),
      ReceiptHandle: message.ReceiptHandle,
    }));
    const answer = await queue.client.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    for (const failure of answer.Failed ?? [])
      log(`${queue.url}: message not deleted: ${failure.Message ?? ''}`);
  }
}
