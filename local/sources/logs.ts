/**
 * Subscriptions of CloudWatch Logs: what functions print is handed to whoever subscribed to it, in batches, zipped, as
 * the template says. Batches wait a few seconds here, so that a request costs no second invocation.
 */
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FunctionDefinition } from '../functions/host.ts';
import { lineReader } from '../functions/lines.ts';
import type { Invoke, Running } from '../parts/contract.ts';
import { localAccount } from '../template/facts.ts';
import type { SubscriptionFilter } from '../template/subscriptions.ts';
import { type LinePattern, linePattern } from './line-pattern.ts';

export type SubscriptionsOptions = { log: (line: string) => void; everyMs?: number };

export type Subscriptions = Running & {
  /** What a function printed. */
  printed(functionName: string, text: string): void;
  /** Serves these filters from now on, and no others. */
  follow(
    filters: readonly SubscriptionFilter[],
    functions: readonly FunctionDefinition[],
    invoke: Invoke,
  ): void;
};

type LogEvent = { id: string; timestamp: number; message: string };
type Subscriber = SubscriptionFilter & { wants: LinePattern; waiting: LogEvent[]; failures: number };

/** As large as a batch is here; CloudWatch's is a megabyte. */
const mostEvents = 2_000;
const mostAttempts = 3;

export function startSubscriptions({ log, everyMs = 5_000 }: SubscriptionsOptions): Subscriptions {
  const read = lineReader();
  let subscribers = new Map<string, Subscriber[]>();
  let send: Invoke | undefined;

  const hand = async (subscriber: Subscriber): Promise<void> => {
    const events = subscriber.waiting.splice(0, mostEvents);
    if (events.length === 0 || send === undefined) return;
    const result = await send(subscriber.functionArn, await batchOf(subscriber, events));
    if (result.ok) {
      subscriber.failures = 0;
      return;
    }
    subscriber.failures += 1;
    log(`Logs for ${subscriber.functionArn}: ${result.errorType}: ${result.errorMessage}`);
    if (subscriber.failures < mostAttempts) subscriber.waiting.unshift(...events);
    else subscriber.failures = 0;
  };
  const handAll = async (): Promise<void> => {
    for (const subscriber of new Set([...subscribers.values()].flat())) await hand(subscriber);
  };
  let handing = Promise.resolve();
  const next = (): Promise<void> =>
    (handing = handing.then(handAll).catch((error: unknown) => log(`Logs: ${String(error)}`)));
  const timer = setInterval(() => void next(), everyMs);
  timer.unref();

  return {
    printed: (functionName, text) => {
      const interested = subscribers.get(functionName);
      if (interested === undefined) return;
      for (const message of read(functionName, text)) {
        for (const { wants, waiting } of interested) {
          if (wants(message)) waiting.push({ id: randomUUID(), timestamp: Date.now(), message });
        }
      }
    },
    follow: (filters, functions, invoke) => {
      send = invoke;
      const all = filters.map((filter) => ({
        ...{ ...filter, wants: linePattern(filter.pattern), failures: 0 },
        waiting: new Array<LogEvent>(),
      }));
      subscribers = new Map(
        functions.map(({ name, logGroup }) => [name, all.filter((one) => one.logGroup === logGroup)]),
      );
    },
    stop: async () => {
      clearInterval(timer);
      await next();
      subscribers = new Map();
    },
  };
}

async function batchOf({ name, logGroup }: SubscriptionFilter, logEvents: LogEvent[]): Promise<object> {
  const batch = {
    messageType: 'DATA_MESSAGE',
    owner: localAccount,
    logGroup,
    logStream: 'local',
    subscriptionFilters: [name],
    logEvents,
  };
  const data = await promisify(gzip)(JSON.stringify(batch));
  return { awslogs: { data: data.toString('base64') } };
}
