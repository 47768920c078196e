/**
 * SQS and S3 on a laptop: fauxqs, persisted in sqlite. It writes synchronously, bodies of objects included, so it
 * has a process of its own: a 10 MB upload would otherwise stop every request of the stack for its duration.
 */
import { AwsCallFailed, callAws, runtimeHeaders } from '../../front/call.ts';
import { partFolder } from '../../state.ts';
import { startChild } from '../child.ts';
import type { Running } from '../contract.ts';

/** A queue of the template: its physical name and its resolved `AWS::SQS::Queue` properties. */
export type QueueDefinition = { name: string; properties: Record<string, unknown> };
export type BucketDefinition = { name: string };

export type SendOptions = {
  /** FIFO queues only. */
  messageGroupId?: string;
  /** String attributes of the message. */
  attributes?: Record<string, string>;
};

export type Queues = Running & {
  port: number;
  pid: number;
  ensureQueues(definitions: readonly QueueDefinition[]): Promise<void>;
  ensureBuckets(definitions: readonly BucketDefinition[]): Promise<void>;
  /** Sends to a queue by name or ARN, as the runtime: what event targets and dead letters need. */
  sendMessage(queue: string, body: string, options?: SendOptions): Promise<void>;
  /** How many messages each queue holds that can be received. */
  depths(): Promise<{ name: string; depth: number }[]>;
};

const ATTRIBUTES = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'ContentBasedDeduplication',
];
const CREATED_ONCE = ['FifoQueue', 'DeduplicationScope', 'FifoThroughputLimit'];

/** Starts SQS and S3 on the folder `<state>/queues`. */
export async function startQueues(options: {
  state: string;
  region: string;
  log: (line: string) => void;
}): Promise<Queues> {
  const { region } = options;
  const child = await startChild({
    module: new URL('./child.ts', import.meta.url),
    settings: { folder: partFolder(options.state, 'queues'), region },
    onLost: (reason) => options.log(`SQS and S3 stopped unexpectedly: ${reason}`),
  });
  const { port, pid } = child;
  const sqs = <Answer>(action: string, body: unknown) =>
    callAws<Answer>({ port, region, target: `AmazonSQS.${action}`, body });

  return {
    port,
    pid,
    stop: () => child.stop(),
    ensureQueues: async (definitions) => {
      // Queues first, attributes second: a redrive policy may name a queue that comes later.
      for (const { name, properties } of definitions) await createQueue(sqs, name, properties);
      for (const { name, properties } of definitions) {
        const Attributes = pick(properties, ATTRIBUTES);
        if (properties.RedrivePolicy !== undefined)
          Attributes.RedrivePolicy = redrivePolicy(properties.RedrivePolicy);
        if (Object.keys(Attributes).length > 0)
          await sqs('SetQueueAttributes', { QueueUrl: `/${name}`, Attributes });
      }
    },
    ensureBuckets: async (definitions) => {
      for (const { name } of definitions) {
        const response = await fetch(`http://127.0.0.1:${port}/${name}`, {
          method: 'PUT',
          headers: runtimeHeaders('s3', region),
        });
        const answer = await response.text();
        if (!response.ok && response.status !== 409)
          throw new Error(`Bucket ${name} could not be created: ${answer}`);
      }
    },
    sendMessage: async (queue, body, { messageGroupId, attributes = {} } = {}) => {
      await sqs('SendMessage', {
        QueueUrl: `/${queue.split(':').at(-1)}`,
        MessageBody: body,
        ...(messageGroupId === undefined ? {} : { MessageGroupId: messageGroupId }),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      });
    },
    depths: async () => {
      const { QueueUrls: urls = [] } = await sqs<{ QueueUrls?: string[] }>('ListQueues', {});
      return Promise.all(
        urls.map(async (url) => {
          const name = url.split('/').at(-1) ?? url;
          const { Attributes: attributes } = await sqs<{ Attributes?: Record<string, string> }>(
            'GetQueueAttributes',
            { QueueUrl: `/${name}`, AttributeNames: ['ApproximateNumberOfMessages'] },
          );
          return { name, depth: Number(attributes?.ApproximateNumberOfMessages ?? 0) };
        }),
      );
    },
  };
}

type Call = <Answer>(action: string, body: unknown) => Promise<Answer>;

async function createQueue(sqs: Call, name: string, properties: Record<string, unknown>): Promise<void> {
  try {
    await sqs('GetQueueUrl', { QueueName: name });
  } catch (error) {
    if (!(error instanceof AwsCallFailed)) throw error;
    await sqs('CreateQueue', { QueueName: name, Attributes: pick(properties, CREATED_ONCE) });
  }
}

/** The attributes that are set, as the strings that SQS wants. */
function pick(properties: Record<string, unknown>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, String(properties[name])]),
  );
}

function redrivePolicy(value: unknown): string {
  const policy = (typeof value === 'string' ? JSON.parse(value) : value) as Record<string, unknown>;
  return JSON.stringify({
    deadLetterTargetArn: policy.deadLetterTargetArn,
    maxReceiveCount: Number(policy.maxReceiveCount),
  });
}
