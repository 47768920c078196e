/** Metrics on a laptop, asked with the SDK's own client: what functions print, what is counted, and statistics of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { answerError, answerJson } from '#local/front/answer.ts';
import { parseBody, readBody } from '#local/front/request.ts';
import { type Metrics, startMetrics } from '#local/parts/metrics/metrics.ts';

const minuteMs = 60_000;
let state: string;
let metrics: Metrics;
let server: Server;
let client: CloudWatchClient;
let depth = 3;

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'plinth-metrics-'));
  metrics = start();
  server = createServer((request, response) => {
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    readBody(request)
      .then((raw) =>
        metrics.handler({ service: 'monitoring', action, body: parseBody(raw), region: 'x', caller: 'y' }),
      )
      .then(({ status, body }) =>
        answerJson(response, status, body, { 'content-type': 'application/x-amz-json-1.0' }),
      )
      .catch((error: unknown) => answerError(response, 'json', error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  server.close();
  await metrics.stop();
  rmSync(state, { recursive: true, force: true });
});

function start(): Metrics {
  return startMetrics({
    ...{ state, log: () => undefined, askQueuesEveryMs: 20 },
    depths: async () => [{ name: 'dead', depth }],
  });
}

/** A line as Powertools prints it. */
function line(operation: string, ms: number, atMs = Date.now()): string {
  const metric = { Namespace: 'Plinth', Metrics: [{ Name: 'Latency', Unit: 'Milliseconds' }] };
  const directive = { ...metric, Dimensions: [['service', 'operation'], ['service']] };
  const aws = { Timestamp: atMs, CloudWatchMetrics: [directive] };
  return `${JSON.stringify({ _aws: aws, service: 'plinth', operation, tenantId: 'ten_x', Latency: ms })}\n`;
}

const latency = (id: string, Stat: string, operation?: string, Period = 300): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      ...{ Namespace: 'Plinth', MetricName: 'Latency' },
      Dimensions: [
        ...(operation === undefined ? [] : [{ Name: 'operation', Value: operation }]),
        { Name: 'service', Value: 'plinth' },
      ],
    },
    ...{ Period, Stat },
  },
});

async function ask(...queries: MetricDataQuery[]): Promise<Record<string, number[]>> {
  const { MetricDataResults: results = [] } = await client.send(
    new GetMetricDataCommand({
      ...{ MetricDataQueries: queries, ScanBy: 'TimestampAscending' },
      ...{ StartTime: new Date(Date.now() - 10 * minuteMs), EndTime: new Date(Date.now() + minuteMs) },
    }),
  );
  return Object.fromEntries(results.map(({ Id: id = '', Values: values = [] }) => [id, values]));
}

test('[OPS-4] what functions print is read back by metric, statistic and period', async () => {
  for (let ms = 1; ms <= 100; ms += 1) metrics.printed('one', line('a', ms));
  metrics.printed('two', line('b', 1_000));
  const found = await ask(
    latency('a', 'p95', 'a'),
    latency('all', 'SampleCount'),
    latency('most', 'Maximum'),
    latency('none', 'Sum', 'c'),
  );
  expect(found).toEqual({ a: [95], all: [101], most: [1_000], none: [] });
});

test('[OPS-4] periods are told apart, and lines that arrive in pieces are whole', async () => {
  const text = line('a', 10, Date.now() - 6 * minuteMs) + line('a', 20);
  metrics.printed('one', text.slice(0, 50));
  metrics.printed('two', line('b', 30));
  metrics.printed('one', text.slice(50));
  expect(await ask(latency('a', 'Sum', 'a', 60))).toEqual({ a: [10, 20] });
});

test('[OPS-4] answers of the gateway and the depth of queues are counted, and survive a restart', async () => {
  for (const status of [200, 404, 503, 504]) metrics.answered({ name: 'api', stage: 'live' }, status);
  await new Promise((resolve) => setTimeout(resolve, 60));
  depth = 0;
  await metrics.stop();
  metrics = start();
  const api = (Id: string, MetricName: string): MetricDataQuery => ({
    Id,
    MetricStat: {
      Metric: {
        ...{ Namespace: 'AWS/ApiGateway', MetricName },
        Dimensions: [
          { Name: 'ApiName', Value: 'api' },
          { Name: 'Stage', Value: 'live' },
        ],
      },
      ...{ Period: 900, Stat: 'Sum' },
    },
  });
  const queue: MetricDataQuery = {
    Id: 'dead',
    MetricStat: {
      Metric: {
        ...{ Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible' },
        Dimensions: [{ Name: 'QueueName', Value: 'dead' }],
      },
      ...{ Period: 900, Stat: 'Maximum' },
    },
  };
  const found = await ask(api('all', 'Count'), api('failed', '5XXError'), queue);
  const total = (values: number[] = []) => values.reduce((sum, value) => sum + value, 0);
  expect({
    all: total(found.all),
    failed: total(found.failed),
    dead: Math.max(...(found.dead ?? [])),
  }).toEqual({ all: 4, failed: 2, dead: 3 });
});

test('[OPS-4] what CloudWatch refuses is refused, and metric math is said to be unknown', async () => {
  await expect(ask({ Id: 'sum', Expression: 'a + b' })).rejects.toThrow('metric math');
  await expect(ask(latency('a', 'Sum', 'a', 90))).rejects.toThrow('whole minutes');
  await expect(ask(latency('A', 'Sum'))).rejects.toThrow('no id');
});
