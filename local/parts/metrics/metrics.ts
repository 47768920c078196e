/**
 * CloudWatch's metrics on a laptop: collects what functions print in the embedded metric format, counts what AWS would
 * count of gateway and queues, and answers `GetMetricData`. Values are kept by the minute, as long as CloudWatch keeps
 * minutes. What nothing here counts has no values, as a metric has none that nobody feeds.
 */
import { lineReader } from '../../functions/lines.ts';
import { openStore } from '../../state.ts';
import { AwsError, type PartHandler, type Running } from '../contract.ts';
import { answerMetricData } from './data.ts';
import { type MetricKey, type Sample, samplesIn, textOf } from './samples.ts';
import type { Counted } from './statistic.ts';

export type MetricsOptions = {
  state: string;
  /** How the queues stand, asked once a minute. */
  depths: () => Promise<readonly { name: string; depth: number }[]>;
  log: (line: string) => void;
  /** Less in tests. */
  askQueuesEveryMs?: number;
};

/** The REST API whose answers are counted. */
export type CountedApi = { name: string; stage: string };

export type Metrics = Running & {
  /** What a function printed. */
  printed(functionName: string, text: string): void;
  /** The gateway answered. */
  answered(api: CountedApi, status: number): void;
  handler: PartHandler;
};

const minuteMs = 60_000;
const keptMs = 15 * 24 * 60 * minuteMs;
/** Values wait in memory for as long, so that a request costs no write to the disk. */
const flushEveryMs = 5_000;

const schema = `
  create table if not exists samples (
    metric text not null, minute integer not null, value real not null, times integer not null,
    primary key (metric, minute, value)
  ) strict, without rowid;`;

/** Starts collecting into `<state>/metrics`. */
export function startMetrics(options: MetricsOptions): Metrics {
  const store = openStore(options.state, 'metrics', schema);
  store.prepare('delete from samples where minute < ?').run(minuteOf(Date.now() - keptMs));
  const add = store.prepare(
    `insert into samples (metric, minute, value, times) values (?, ?, ?, ?)
     on conflict do update set times = times + excluded.times`,
  );
  const find = store.prepare(
    'select value, sum(times) as times from samples where metric = ? and minute >= ? and minute < ? group by value',
  );
  const waiting = new Map<string, { row: [string, number, number]; times: number }>();
  const read = lineReader();

  const keep = ({ atMs, value, ...metric }: Sample): void => {
    const row: [string, number, number] = [textOf(metric), minuteOf(atMs), value];
    const key = row.join('\n');
    const present = waiting.get(key);
    if (present === undefined) waiting.set(key, { row, times: 1 });
    else present.times += 1;
  };
  const flush = (): void => {
    if (waiting.size === 0) return;
    store.exec('begin');
    for (const { row, times } of waiting.values()) add.run(...row, times);
    store.exec('commit');
    waiting.clear();
  };
  const count = (metric: MetricKey, value: number) => keep({ ...metric, value, atMs: Date.now() });

  const askQueues = async (): Promise<void> => {
    for (const { name, depth } of await options.depths()) {
      const dimensions = { QueueName: name };
      count({ namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', dimensions }, depth);
    }
  };
  const flushing = setInterval(flush, flushEveryMs);
  const asking = setInterval(() => {
    askQueues().catch((error: unknown) => options.log(`Metrics of queues: ${String(error)}`));
  }, options.askQueuesEveryMs ?? minuteMs);
  for (const timer of [flushing, asking]) timer.unref();

  return {
    printed: (functionName, text) => {
      for (const line of read(functionName, text)) samplesIn(line).forEach(keep);
    },
    answered: ({ name, stage }, status) => {
      const metric = { namespace: 'AWS/ApiGateway', dimensions: { ApiName: name, Stage: stage } };
      count({ ...metric, name: 'Count' }, 1);
      count({ ...metric, name: '4XXError' }, status >= 400 && status < 500 ? 1 : 0);
      count({ ...metric, name: '5XXError' }, status >= 500 ? 1 : 0);
    },
    handler: async ({ action, body }) => {
      if (action !== 'GetMetricData') {
        throw new AwsError('InvalidAction', `The local stack does not implement cloudwatch ${action}.`);
      }
      flush();
      const valuesOf = (metric: MetricKey, fromMs: number, toMs: number): Counted =>
        find
          .all(textOf(metric), minuteOf(fromMs), minuteOf(toMs))
          .map(({ value, times }) => [Number(value), Number(times)] as const);
      return { status: 200, body: answerMetricData(body, valuesOf) };
    },
    stop: async () => {
      clearInterval(flushing);
      clearInterval(asking);
      flush();
      store.close();
    },
  };
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / minuteMs);
}
