/** The outbox dispatcher: jobs go to their module's queue, events to the bus, workflows are started. */
import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';
import { formatId } from '../contract/ids.ts';
import { moduleOfJob } from '../contract/job.ts';
import { dispatchOutbox, type OutboxMessage } from '../db/outbox.ts';
import { pool } from '../db/pool.ts';
import type { Envelope } from './envelope.ts';
import { countMetric, logFor } from './telemetry.ts';

/** What AWS takes in a call: ten messages or events, and 256 KiB of all of them together. */
const perCall = 10;
const bytesPerCall = 200_000;

/** What a message weighs beside its payload: names, ids, times and a trace. */
const envelopeBytes = 1_000;

/** The Lambda handler of the dispatcher, woken by its queue and by a schedule. */
export async function dispatch(): Promise<void> {
  const sent = await dispatchOutbox(pool(), send);
  if (sent > 0) logFor({ job: 'outbox' }).info('outbox dispatched', { sent });
}

async function send(messages: OutboxMessage[]): Promise<ReadonlySet<string>> {
  const calls = [
    ...chunks(messages.filter((message) => message.kind === 'event')).map(sendEvents),
    ...byQueue(messages.filter((message) => message.kind === 'job')).flatMap(([url, jobs]) =>
      chunks(jobs).map((chunk) => sendJobs(url, chunk)),
    ),
    ...messages.filter((message) => message.kind === 'workflow').map(startWorkflow),
  ];
  const outcomes = await Promise.allSettled(calls);
  for (const outcome of outcomes) if (outcome.status === 'rejected') reportFailure(outcome.reason);
  return new Set(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [])));
}

async function sendEvents(messages: OutboxMessage[]): Promise<string[]> {
  const { EventBridgeClient, PutEventsCommand } = await import('../config/aws/eventbridge.ts');
  events ??= new EventBridgeClient(awsClientOptions(5_000));
  const answer = await events.send(new PutEventsCommand({ Entries: messages.map(toEntry) }));
  return messages.filter((_message, index) => answer.Entries?.[index]?.EventId).map((message) => message.id);
}

async function sendJobs(url: string, messages: OutboxMessage[]): Promise<string[]> {
  const { SendMessageBatchCommand, SQSClient } = await import('../config/aws/sqs.ts');
  queues ??= new SQSClient(awsClientOptions(5_000));
  const answer = await queues.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: messages.map((message) => ({
        Id: message.id,
        MessageBody: JSON.stringify(toEnvelope(message)),
        // Fair queues: one tenant's backlog does not delay the others.
        ...(message.tenantId === null ? {} : { MessageGroupId: message.tenantId }),
      })),
    }),
  );
  return (answer.Successful ?? []).flatMap((entry) => entry.Id ?? []);
}

/** The message's id is the execution's name: however often it is dispatched, one execution runs. */
async function startWorkflow(message: OutboxMessage): Promise<string[]> {
  const { SFNClient, StartExecutionCommand } = await import('../config/aws/sfn.ts');
  machines ??= new SFNClient(awsClientOptions(5_000));
  const stateMachineArn = settings.workflowArns()[message.type];
  if (stateMachineArn === undefined) throw new Error('a workflow has no state machine');
  const { tenantId, payload, trace } = message;
  const start = new StartExecutionCommand({
    stateMachineArn,
    name: formatId('message', message.id),
    input: JSON.stringify({ tenantId, input: payload, trace }),
  });
  try {
    await machines.send(start);
  } catch (error) {
    // It was started before, and may be over by now.
    if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
  }
  return [message.id];
}

function toEntry(message: OutboxMessage): PutEventsRequestEntry {
  return {
    EventBusName: settings.eventBusName(),
    Source: 'plinth',
    DetailType: message.type,
    Time: message.createdAt,
    Detail: JSON.stringify({
      specversion: '1.0',
      id: formatId('message', message.id),
      source: `plinth/${settings.deployment()}`,
      type: message.type,
      time: message.createdAt.toISOString(),
      datacontenttype: 'application/json',
      ...(message.tenantId === null ? {} : { subject: message.tenantId }),
      ...(message.trace === null ? {} : { traceparent: message.trace }),
      data: message.payload,
    }),
  };
}

function toEnvelope(message: OutboxMessage): Envelope {
  return {
    messageId: formatId('message', message.id),
    type: message.type,
    tenantId: message.tenantId,
    payload: message.payload,
    trace: message.trace,
    requestId: message.requestId,
  };
}

function byQueue(jobs: OutboxMessage[]): [string, OutboxMessage[]][] {
  const urls = settings.jobQueueUrls();
  const grouped = Map.groupBy(jobs, (job) => urls[moduleOfJob(job.type)] ?? '');
  if (grouped.delete('')) reportFailure(new Error('a job names a module without a queue'));
  return [...grouped];
}

/** In order, and each small enough for one call; what is too large by itself is refused by itself. */
function chunks(messages: OutboxMessage[]): OutboxMessage[][] {
  const all: OutboxMessage[][] = [];
  let room = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(JSON.stringify(message.payload)) + envelopeBytes;
    const last = all.at(-1);
    if (last === undefined || last.length === perCall || bytes > room) {
      all.push([message]);
      room = bytesPerCall - bytes;
    } else {
      last.push(message);
      room -= bytes;
    }
  }
  return all;
}

function reportFailure(error: unknown): void {
  logFor({ job: 'outbox' }).error('outbox messages were not sent and wait', {
    errorName: error instanceof Error ? error.name : typeof error,
  });
  countMetric('DispatchFailures');
}

let events: EventBridgeClient | undefined;
let queues: SQSClient | undefined;
let machines: SFNClient | undefined;
