/** Queues and an event bus behind the AWS front, for tests of what publishes to them and works on them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { callAws } from '#local/front/call.ts';
import { startEvents } from '#local/parts/events/events.ts';
import { AwsError, type PartHandler } from '#local/parts/contract.ts';
import { closePool } from '#shared/db/pool.ts';
import { accountId, region, startStack, temporaryState } from '../../local/front/stack.ts';
import { kernelDatabase, type KernelDatabase } from '../../support/kernel-database.ts';

/** What a message in a queue says. */
export type Body = Record<string, unknown>;

/** An event as EventBridge gives it to its targets. */
export type Event = { source: string; 'detail-type': string; detail: Record<string, unknown> };

/** A state machine that was started. */
export type Execution = { stateMachineArn: string; name: string; input: string };

export type Messaging = {
  database: KernelDatabase;
  /** Every event that the bus delivered, in the order of delivery. */
  events: Event[];
  /** Every execution that was started, each name once; they are over at once. */
  executions: Execution[];
  endpoint: string;
  queueArn: string;
  /** Takes everything out of a queue, waiting until so many have come. */
  receive(queue: 'things' | 'outbox', count?: number): Promise<Body[]>;
  /** Called between the bus taking events and its answer. */
  beforeAnswer: () => Promise<void>;
  /** Runs work while the queues do not answer. */
  withoutQueues(work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
};

/** Starts them and points the environment of the functions under test at them, as one login. */
export async function startMessaging(login: 'app_tenant' | 'app_system'): Promise<Messaging> {
  const state = temporaryState();
  const events: Event[] = [];
  const executions: Execution[] = [];
  const bus = startEvents({
    ...{ state, region, accountId, buses: ['test'], log: () => undefined },
    rules: [
      {
        ...{ name: 'all', arn: `arn:aws:events:${region}:${accountId}:rule/test/all`, bus: 'test' },
        pattern: { source: ['plinth'] },
        targets: [{ arn: 'arn:aws:lambda:test' }],
      },
    ],
    deliver: async (_target, event) => void events.push(event as Event),
    deadLetter: async () => undefined,
  });
  const handler: PartHandler = async (call) => {
    const answer = await bus.handler(call);
    await bus.settled();
    await messaging.beforeAnswer();
    return answer;
  };
  const states: PartHandler = async ({ body }) => {
    const started = body as Execution;
    if (executions.some(({ name }) => name === started.name))
      throw new AwsError('ExecutionAlreadyExists', 'Execution Already Exists');
    executions.push(started);
    return { status: 200, body: { executionArn: 'arn:aws:states:test', startDate: Date.now() / 1000 } };
  };
  const [database, stack] = await Promise.all([
    kernelDatabase(),
    startStack(state, { handlers: { events: handler, states } }),
  ]);
  await stack.queues.ensureQueues([
    { name: 'things', properties: { VisibilityTimeout: 1 } },
    { name: 'outbox', properties: {} },
  ]);
  Object.assign(process.env, environmentOf(stack.front.url), database.environment(login));
  const sqs = <Answer>(action: string, body: unknown) =>
    callAws<Answer>({ port: stack.queues.port, region, target: `AmazonSQS.${action}`, body });
  const messaging: Messaging = {
    database,
    events,
    executions,
    endpoint: stack.front.url,
    queueArn: `arn:aws:sqs:${region}:${accountId}:things`,
    beforeAnswer: async () => undefined,
    receive: async (queue, count = 0) => {
      const received: Body[] = [];
      for (let misses = 0; received.length < count || misses < 1;) {
        const found = await takeTen(sqs, queue);
        received.push(...found);
        if (found.length === 0) misses += 1;
        if (misses > 20) break;
        if (found.length === 0) await sleep(50);
      }
      return received;
    },
    withoutQueues: async (work) => {
      process.kill(stack.queues.pid, 'SIGSTOP');
      await work().finally(() => process.kill(stack.queues.pid, 'SIGCONT'));
    },
    stop: async () => {
      await closePool();
      await bus.stop();
      await stack.stop();
      await database.drop();
    },
  };
  return messaging;
}

type Sqs = <Answer>(action: string, body: unknown) => Promise<Answer>;

type Raw = { Body: string; ReceiptHandle: string };

async function takeTen(sqs: Sqs, queue: string): Promise<Body[]> {
  const { Messages = [] } = await sqs<{ Messages?: Raw[] }>('ReceiveMessage', {
    QueueUrl: `/${queue}`,
    MaxNumberOfMessages: 10,
  });
  for (const { ReceiptHandle } of Messages)
    await sqs('DeleteMessage', { QueueUrl: `/${queue}`, ReceiptHandle });
  return Messages.map((message) => JSON.parse(message.Body) as Body);
}

function environmentOf(url: string): Record<string, string> {
  return {
    PLINTH_ENVIRONMENT: 'test',
    AWS_REGION: region,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'LOCALADMIN',
    AWS_SECRET_ACCESS_KEY: 'local',
    EVENT_BUS_NAME: 'test',
    OUTBOX_QUEUE_URL: `${url}/${accountId}/outbox`,
    WORKFLOW_ARNS: JSON.stringify({
      'things.run': 'arn:aws:states:us-east-1:000000000000:stateMachine:things-run',
    }),
    JOB_QUEUE_URLS: JSON.stringify({ things: `${url}/${accountId}/things` }),
    // Two dispatchers at once in this one process.
    DATABASE_POOL_SIZE: '2',
  };
}
