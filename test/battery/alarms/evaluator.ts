/**
 * What CloudWatch makes of an alarm's definition and of values: the alarms of the synthesized template, evaluated
 * once a minute as CloudWatch does. What the definitions here do not use is not known, and refused.
 *
 * One thing is simpler than on AWS: where periods have no values, CloudWatch may look further back before it says
 * what is missing, so there an alarm may stay a few minutes longer.
 */
import { statisticOf } from '#local/parts/metrics/statistic.ts';
import type { ResolvedResource } from '#local/template/cell.ts';
import { type Expression, parseMath } from './math.ts';
import type { Samples } from './samples.ts';

export type AlarmState = 'OK' | 'ALARM';

/** An alarm that can be evaluated. */
export type Alarm = {
  name: string;
  /** The longest that it may take to ring: all of its periods. */
  windowMs: number;
  metrics: readonly MetricStat[];
  stateAt(samples: Samples, nowMs: number): AlarmState;
};

/** One metric, made one value for each period. */
export type MetricStat = {
  id: string;
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  statistic: string;
  periodMs: number;
};

const known = new Set([
  ...['AlarmName', 'AlarmDescription', 'AlarmActions', 'OKActions', 'ComparisonOperator', 'Threshold'],
  ...['EvaluationPeriods', 'TreatMissingData', 'Metrics', 'MetricName', 'Namespace', 'Dimensions'],
  ...['Statistic', 'ExtendedStatistic', 'Period', 'Tags'],
]);

/** @throws Error for a definition that says something this does not know */
export function readAlarm({ properties, logicalId }: ResolvedResource): Alarm {
  const strange = Object.keys(properties).filter((name) => !known.has(name));
  if (strange.length > 0) throw new Error(`${logicalId}: ${strange.join(', ')} is not known`);
  const { TreatMissingData: missing, ComparisonOperator: comparison } = properties;
  if (comparison !== 'GreaterThanThreshold')
    throw new Error(`${logicalId}: ${String(comparison)} is not known`);
  if (missing !== 'notBreaching' && missing !== 'breaching') {
    throw new Error(`${logicalId}: TreatMissingData ${String(missing)} is not known`);
  }
  const { metrics, expression } = figureOf(properties, logicalId);
  const [first] = metrics;
  if (first === undefined) throw new Error(`${logicalId}: there is no metric`);
  if (metrics.some(({ periodMs }) => periodMs !== first.periodMs)) {
    throw new Error(`${logicalId}: metrics of different periods are not known`);
  }
  const periods = Number(properties.EvaluationPeriods);
  const threshold = Number(properties.Threshold);
  const isBreaching = (samples: Samples, fromMs: number, toMs: number): boolean => {
    const value = expression((id) => {
      const metric = metrics.find((one) => one.id === id);
      if (metric === undefined) throw new Error(`${logicalId}: there is no metric ${id}`);
      const values = samples.values(metric, fromMs, toMs);
      return statisticOf(
        metric.statistic,
        values.map((value) => [value, 1] as const),
      );
    });
    return value === undefined ? missing === 'breaching' : value > threshold;
  };
  return {
    name: String(properties.AlarmName),
    windowMs: periods * first.periodMs,
    metrics,
    stateAt: (samples, nowMs) => {
      const ends = Array.from({ length: periods }, (_none, index) => nowMs - index * first.periodMs);
      const all = ends.every((endMs) => isBreaching(samples, endMs - first.periodMs, endMs));
      return all ? 'ALARM' : 'OK';
    },
  };
}

type Query = {
  Id: string;
  Expression?: string;
  ReturnData?: boolean;
  MetricStat?: {
    Metric: { Namespace: string; MetricName: string; Dimensions?: Dimension[] };
    Period: number;
    Stat: string;
  };
};
type Dimension = { Name: string; Value: unknown };

function figureOf(
  properties: Record<string, unknown>,
  logicalId: string,
): { metrics: MetricStat[]; expression: Expression } {
  const queries = properties.Metrics as Query[] | undefined;
  if (queries === undefined) {
    const metric: MetricStat = {
      id: 'm',
      namespace: String(properties.Namespace),
      name: String(properties.MetricName),
      dimensions: dimensionsOf(properties.Dimensions as Dimension[] | undefined),
      statistic: String(properties.Statistic ?? properties.ExtendedStatistic),
      periodMs: Number(properties.Period) * 1_000,
    };
    return { metrics: [metric], expression: (valueOf) => valueOf('m') };
  }
  const metrics = queries.flatMap(({ Id: id, MetricStat: stat }) =>
    stat === undefined
      ? []
      : [
          {
            ...{ id, namespace: stat.Metric.Namespace, name: stat.Metric.MetricName, statistic: stat.Stat },
            dimensions: dimensionsOf(stat.Metric.Dimensions),
            periodMs: stat.Period * 1_000,
          },
        ],
  );
  const [returned, ...more] = queries.filter(({ ReturnData: isReturned }) => isReturned !== false);
  if (returned?.Expression === undefined || more.length > 0) {
    throw new Error(`${logicalId}: there is not exactly one expression that is returned`);
  }
  return { metrics, expression: parseMath(returned.Expression) };
}

function dimensionsOf(dimensions: Dimension[] = []): Record<string, string> {
  return Object.fromEntries(dimensions.map(({ Name: name, Value: value }) => [name, String(value)]));
}
