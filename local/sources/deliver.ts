/**
 * Brings an event to the target of a rule or schedule: a function, a queue or a state machine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Invoke, Running } from '../parts/contract.ts';
import type { Target } from '../template/signals.ts';
import { adminCredentials, queueUrl } from './queue.ts';

/** How targets are reached. */
export type DeliveryOptions = {
  /** The AWS front. */
  endpoint: string;
  invoke: Invoke;
  /** Starts an execution; `input` is JSON text. */
  startExecution(stateMachineArn: string, input: string): Promise<unknown>;
  log(line: string): void;
  /** Pauses before a failed function is tried again; Lambda waits one and two minutes. */
  retryDelaysMs?: number[];
};

/** Delivers events. */
export type Delivery = Running & {
  /**
   * Brings `event`, already in the shape the target asks for, to the target. Resolves when it was taken; rejects
   * when it was not and delivery should be tried again.
   */
  deliver(this: void, target: Target, event: unknown): Promise<void>;
  /** Puts what could not be delivered into a queue, with EventBridge's message attributes. */
  deadLetter(this: void, queueArn: string, event: unknown, attributes: Record<string, string>): Promise<void>;
};

export function startDelivery(options: DeliveryOptions): Delivery {
  const clients = new Map<string, SQSClient>();
  const stopping = new AbortController();

  const clientFor = (queueArn: string): SQSClient => {
    const region = queueArn.split(':')[3] ?? 'us-east-1';
    const client =
      clients.get(region) ??
      new SQSClient({ endpoint: options.endpoint, region, credentials: adminCredentials });
    clients.set(region, client);
    return client;
  };

  const send = async (queueArn: string, event: unknown, more: Partial<SendMessageCommand['input']>) => {
    const MessageBody = typeof event === 'string' ? event : JSON.stringify(event);
    const QueueUrl = queueUrl(options.endpoint, queueArn);
    await clientFor(queueArn).send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
  };

  return {
    async deliver(target, event) {
      switch (serviceOf(target.arn)) {
        case 'lambda':
          return callFunction(target, event, options, stopping.signal);
        case 'sqs':
          return send(
            target.arn,
            event,
            target.messageGroupId === undefined ? {} : { MessageGroupId: target.messageGroupId },
          );
        case 'states':
          await options.startExecution(target.arn, JSON.stringify(event));
          return;
        default:
          throw new Error(`A rule or schedule cannot target ${target.arn} locally`);
      }
    },
    async deadLetter(queueArn, event, attributes) {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      );
      await send(queueArn, event, { MessageAttributes });
    },
    async stop() {
      stopping.abort();
      for (const client of clients.values()) client.destroy();
    },
  };
}

function serviceOf(arn: string): string {
  return arn.split(':')[2] ?? '';
}

/**
 * Asynchronous invocation: Lambda takes the event, tries a failing function twice more, then drops the event. Only
 * a function that is too busy to take it sends it back.
 */
async function callFunction(
  target: Target,
  event: unknown,
  options: DeliveryOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const delayMs of [0, ...(options.retryDelaysMs ?? [1_000, 2_000])]) {
    await sleep(delayMs, undefined, { signal });
    const result = await options.invoke(target.arn, event);
    if (result.ok) return;
    if (result.errorType === 'TooManyRequestsException')
      throw new Error(`${target.arn}: ${result.errorMessage}`);
    options.log(`${target.arn} failed on an event: ${result.errorType}: ${result.errorMessage}`);
  }
  options.log(`${target.arn} failed three times; the event is dropped, as on Lambda`);
}
