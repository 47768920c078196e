/**
 * A queue with its dead letters and the function that works it. Messages carry the tenant as their group, which
 * makes a standard queue a fair one. A message that fails five times is put aside, kept, and raises an alarm.
 */
import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { cellOf } from './cell-stack.ts';
import type { KernelFunction } from './kernel-function.ts';

export type JobQueueProps = {
  /** The queue's name after the cell's. */
  name: string;
  /** The longest that the worker may take. */
  workerTimeoutSeconds: number;
};

export class JobQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: JobQueueProps) {
    super(scope, id);
    const { name } = cellOf(this).facts;
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: cellOf(this).dataPolicy,
    };
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...common,
      queueName: `${name}-${props.name}-dead-letters`,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.seconds(6 * props.workerTimeoutSeconds),
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      queueName: `${name}-${props.name}`,
      // Six times the worker's time, as AWS advises: a batch in progress must not be delivered twice.
      visibilityTimeout: Duration.seconds(6 * props.workerTimeoutSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
  }

  /** Has a function work this queue; what failed of a batch is delivered again, the rest is done. */
  workedBy(fn: KernelFunction, options: Polling): void {
    poll(fn, this.queue, `Works-${this.node.id}`, options);
  }

  /** Has a function take what was put aside, and keep it where it can be looked at and sent again. */
  keptBy(fn: KernelFunction): void {
    poll(fn, this.deadLetters, `Keeps-${this.node.id}`, { batchSize: 10, maxConcurrency: 2 });
  }
}

type Polling = { batchSize: number; maxConcurrency: number };

function poll({ lambda }: KernelFunction, queue: Queue, id: string, options: Polling): void {
  lambda.addEventSourceMapping(id, {
    ...options,
    eventSourceArn: queue.queueArn,
    reportBatchItemFailures: true,
  });
  // What Lambda's pollers need. CDK's own event source grants two actions more, which nothing uses.
  queue.grant(lambda, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
}
