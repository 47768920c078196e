/**
 * What CloudWatch counted of the cell in thirty days: its API, the canary and the creation of tenants. One question,
 * within the patience of a request; the client is loaded when somebody asks.
 */
import type { GetMetricDataCommandOutput, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';
import type { Log } from '../contract/context.ts';
import { type Fleet, provisioningLineMs } from './fleet.contract.ts';

export type Watched = Pick<Fleet, 'provisioning' | 'api' | 'unwatched'>;

const days = 30;
const dayMs = 86_400_000;
const patienceMs = 1_200;

/** Never fails: what cannot be had is absent, and says why. */
export async function watchedFigures(now: Date, log: Log): Promise<Watched> {
  try {
    const today = Math.floor(now.getTime() / dayMs) * dayMs;
    const daily = await ask(dailyQueries(), new Date(today - (days - 1) * dayMs), now);
    return { ...figuresOf(daily), unwatched: null };
  } catch (error) {
    log.warn('metrics could not be read', { errorName: error instanceof Error ? error.name : typeof error });
    return { ...figuresOf(undefined), unwatched: 'CloudWatch did not answer.' };
  }
}

/** Values by the day. */
type Points = ReadonlyMap<string, number>;
type Answers = ReadonlyMap<string, Points>;

const none: Points = new Map();

function figuresOf(daily: Answers | undefined): Omit<Watched, 'unwatched'> {
  const of = (id: string): Points => daily?.get(id) ?? none;
  const [calls, up, visits] = [of('calls'), of('up'), of('visits')];
  const counted = [...new Set([...calls.keys(), ...visits.keys()])].toSorted();
  const provisioned = [...of('provision50').keys()].toSorted().at(-1);
  const slowest = [...of('slowest').values()];
  const [answered, visited] = [sum(calls), sum(visits)];
  const reached = sum(new Map([...visits].map(([day, times]) => [day, times * (up.get(day) ?? 0)])));
  return {
    provisioning: {
      lineMs: provisioningLineMs,
      day: provisioned ?? null,
      p50Ms: of('provision50').get(provisioned ?? '') ?? null,
      p95Ms: of('provision95').get(provisioned ?? '') ?? null,
      slowestMs: slowest.length === 0 ? null : Math.max(...slowest),
    },
    api: {
      days: counted.map((day) => ({
        ...{ day, calls: calls.get(day) ?? 0, serverErrors: of('errors').get(day) ?? 0 },
        p95Ms: of('latency').get(day) ?? null,
        uptimePercent: visits.has(day) ? rounded(100 * (up.get(day) ?? 0)) : null,
      })),
      calls: daily === undefined ? null : answered,
      errorPercent: answered === 0 ? null : rounded((100 * sum(of('errors'))) / answered),
      p95Ms: latest(of('latency')) ?? null,
      uptimePercent: visited === 0 ? null : rounded((100 * reached) / visited),
    },
  };
}

function dailyQueries(): MetricDataQuery[] {
  const { name, stage } = settings.watchedApi();
  const api = { ApiName: name, Stage: stage };
  const own = { service: 'plinth' };
  const creation = { ...own, operation: 'tenancy.create' };
  return [
    query('calls', 'AWS/ApiGateway', 'Count', api, 'Sum'),
    query('errors', 'AWS/ApiGateway', '5XXError', api, 'Sum'),
    query('latency', 'Plinth', 'Latency', own, 'p95'),
    query('up', 'Plinth', 'CanaryUp', own, 'Average'),
    query('visits', 'Plinth', 'CanaryUp', own, 'SampleCount'),
    query('provision50', 'Plinth', 'Latency', creation, 'p50'),
    query('provision95', 'Plinth', 'Latency', creation, 'p95'),
    query('slowest', 'Plinth', 'Latency', creation, 'Maximum'),
  ];
}

function query(
  Id: string,
  Namespace: string,
  MetricName: string,
  dimensions: Record<string, string>,
  Stat: string,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace, MetricName, Dimensions };
  return { Id, MetricStat: { Metric, Period: dayMs / 1_000, Stat } };
}

async function ask(queries: MetricDataQuery[], from: Date, to: Date): Promise<Answers> {
  const { CloudWatchClient, GetMetricDataCommand } = await import('../config/aws/cloudwatch.ts');
  const client = new CloudWatchClient({ ...awsClientOptions(patienceMs), maxAttempts: 1 });
  try {
    const answer: GetMetricDataCommandOutput = await client.send(
      new GetMetricDataCommand({ MetricDataQueries: queries, StartTime: from, EndTime: to }),
      { abortSignal: AbortSignal.timeout(patienceMs) },
    );
    // Eight metrics of thirty days are far below what one page holds.
    return new Map(
      (answer.MetricDataResults ?? []).map(({ Id: id = '', Timestamps: at = [], Values: values = [] }) => [
        id,
        new Map(at.map((moment, index) => [moment.toISOString().slice(0, 10), values[index] ?? 0])),
      ]),
    );
  } finally {
    client.destroy();
  }
}

/** The value of the latest day. */
function latest(points: Points): number | undefined {
  return points.get([...points.keys()].toSorted().at(-1) ?? '');
}

function sum(points: Points): number {
  return [...points.values()].reduce((total, value) => total + value, 0);
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
