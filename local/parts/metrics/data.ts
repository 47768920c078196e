/** `GetMetricData`: one value for each period of each metric that was asked for. Metric math is not known here. */
import { AwsError } from '../contract.ts';
import type { MetricKey } from './samples.ts';
import { type Counted, statisticOf } from './statistic.ts';

/** Values of a metric from one moment until before another. */
export type ValuesOf = (metric: MetricKey, fromMs: number, toMs: number) => Counted;

type Query = {
  Id?: string;
  Expression?: string;
  Label?: string;
  ReturnData?: boolean;
  MetricStat?: {
    Metric?: { Namespace?: string; MetricName?: string; Dimensions?: { Name: string; Value: string }[] };
    Period?: number;
    Stat?: string;
  };
};

const mostQueries = 500;
const mostPoints = 100_800;

/** @throws AwsError for what AWS refuses, and for what is not known here */
export function answerMetricData(body: Record<string, unknown>, valuesOf: ValuesOf): Record<string, unknown> {
  const queries = (body.MetricDataQueries ?? []) as Query[];
  const [fromMs, toMs] = [momentOf(body, 'StartTime'), momentOf(body, 'EndTime')];
  if (fromMs >= toMs) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  if (queries.length === 0 || queries.length > mostQueries) {
    throw invalid(`Between 1 and ${mostQueries} queries are answered.`);
  }
  const isDescending = body.ScanBy !== 'TimestampAscending';
  const results = queries.map((query) => {
    const found = pointsOf(query, fromMs, toMs, valuesOf);
    const points = isDescending ? found.toReversed() : found;
    return {
      ...{ Id: query.Id, Label: query.Label ?? query.MetricStat?.Metric?.MetricName, StatusCode: 'Complete' },
      Timestamps: points.map(([atMs]) => atMs / 1_000),
      Values: points.map(([, value]) => value),
    };
  });
  if (results.reduce((sum, { Values }) => sum + Values.length, 0) > mostPoints) {
    throw invalid(`More than ${mostPoints} points were asked for.`);
  }
  return { MetricDataResults: results, Messages: [] };
}

function pointsOf(query: Query, fromMs: number, toMs: number, valuesOf: ValuesOf): [number, number][] {
  const { Id: id, Expression: expression, MetricStat: stat } = query;
  if (id === undefined || !/^[a-z]\w*$/.test(id)) throw invalid(`${String(id)} is no id of a query.`);
  if (expression !== undefined || stat === undefined || query.ReturnData === false) {
    throw new AwsError('NotImplementedException', 'The local stack knows no metric math.', 501);
  }
  const { Metric: metric, Period: period, Stat: statistic } = stat;
  if (metric?.Namespace === undefined || metric.MetricName === undefined || statistic === undefined) {
    throw invalid(`${id}: a metric needs a namespace, a name and a statistic.`);
  }
  if (period === undefined || period <= 0 || period % 60 !== 0) {
    throw invalid(`${id}: a period is a number of whole minutes.`);
  }
  const key: MetricKey = {
    namespace: metric.Namespace,
    name: metric.MetricName,
    dimensions: Object.fromEntries((metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  };
  const points: [number, number][] = [];
  const periodMs = period * 1_000;
  for (let startMs = Math.floor(fromMs / periodMs) * periodMs; startMs < toMs; startMs += periodMs) {
    const value = statisticOf(statistic, valuesOf(key, startMs, startMs + periodMs));
    if (value !== undefined) points.push([startMs, value]);
  }
  return points;
}

/** Moments come as seconds since 1970. */
function momentOf(body: Record<string, unknown>, name: string): number {
  const value = Number(body[name]) * 1_000;
  if (!Number.isFinite(value)) throw invalid(`The parameter ${name} is required.`);
  return value;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
