/** The evaluator of alarms: what it takes for one to ring, and that it refuses what it does not know. */
import { expect, test } from '@jest/globals';
import { samplesIn } from '#local/parts/metrics/samples.ts';
import { statisticOf } from '#local/parts/metrics/statistic.ts';
import type { ResolvedResource } from '#local/template/cell.ts';
import { readAlarm } from './evaluator.ts';
import { parseMath } from './math.ts';
import { sampleStore } from './samples.ts';

const minuteMs = 60_000;
const plinth = { namespace: 'Plinth', dimensions: { service: 'plinth' } };

function alarm(changed: Record<string, unknown> = {}) {
  const properties = {
    ...{ AlarmName: 'Tried', ComparisonOperator: 'GreaterThanThreshold', Threshold: 10 },
    ...{ EvaluationPeriods: 2, TreatMissingData: 'notBreaching', Period: 60, Statistic: 'Sum' },
    ...{ Namespace: 'Plinth', MetricName: 'Failures', Dimensions: [{ Name: 'service', Value: 'plinth' }] },
    ...changed,
  };
  return readAlarm({ logicalId: 'Tried', properties } as unknown as ResolvedResource);
}

/** A store with one value of `Failures` in each of these minutes. */
function failures(...perMinute: (number | undefined)[]) {
  const store = sampleStore();
  perMinute.forEach((value, minute) => {
    if (value !== undefined) store.add([{ ...plinth, name: 'Failures', value, atMs: minute * minuteMs }]);
  });
  return store;
}

test('[OPS-1] an alarm rings when every one of its periods is above the limit, and not at the limit', () => {
  expect(alarm().stateAt(failures(11, 11), 2 * minuteMs)).toBe('ALARM');
  expect(alarm().stateAt(failures(11, 10), 2 * minuteMs)).toBe('OK');
  expect(alarm().stateAt(failures(10, 11), 2 * minuteMs)).toBe('OK');
  expect(alarm().stateAt(failures(11, 11, 0), 3 * minuteMs)).toBe('OK');
});

test('[OPS-1] silence counts as the definition says', () => {
  expect(alarm().stateAt(failures(11, undefined), 2 * minuteMs)).toBe('OK');
  expect(alarm({ TreatMissingData: 'breaching' }).stateAt(failures(11, undefined), 2 * minuteMs)).toBe(
    'ALARM',
  );
});

test('[OPS-1] values under other dimensions are another metric', () => {
  const store = sampleStore();
  const dimensions = { service: 'plinth', operation: 'tenancy.create' };
  store.add(
    [0, 1].map((minute) => ({ ...plinth, dimensions, name: 'Failures', value: 99, atMs: minute * minuteMs })),
  );
  expect(alarm().stateAt(store, 2 * minuteMs)).toBe('OK');
});

test('[OPS-1] an expression has a value where each of its metrics has one', () => {
  const stat = (MetricName: string) => ({
    Metric: { Namespace: 'Plinth', MetricName },
    Period: 60,
    Stat: 'Sum',
  });
  const rate = alarm({
    ...{ Metrics: undefined, EvaluationPeriods: 1, Threshold: 1 },
    Metrics: [
      { Id: 'expr', Expression: '100 * part / whole' },
      { Id: 'part', MetricStat: stat('Bad'), ReturnData: false },
      { Id: 'whole', MetricStat: stat('All'), ReturnData: false },
    ],
  });
  const store = sampleStore();
  const bare = { namespace: 'Plinth', dimensions: {} };
  store.add([{ ...bare, name: 'Bad', value: 2, atMs: 0 }]);
  expect(rate.stateAt(store, minuteMs)).toBe('OK');
  store.add([{ ...bare, name: 'All', value: 100, atMs: 0 }]);
  expect(rate.stateAt(store, minuteMs)).toBe('ALARM');
  store.add([{ ...bare, name: 'All', value: 100, atMs: 0 }]);
  expect(rate.stateAt(store, minuteMs)).toBe('OK');
});

test('[OPS-1] statistics are those of CloudWatch', () => {
  const values = Array.from({ length: 100 }, (_none, index) => [100 - index, 1] as const);
  expect(statisticOf('p95', values)).toBe(95);
  expect(statisticOf('Maximum', values)).toBe(100);
  expect(statisticOf('Average', values)).toBe(50.5);
  expect(statisticOf('Sum', [])).toBeUndefined();
  const often = [
    [2, 19],
    [9, 1],
  ] as const;
  expect(['p95', 'p96', 'SampleCount', 'Minimum'].map((name) => statisticOf(name, often))).toEqual([
    2, 9, 20, 2,
  ]);
  expect(() => statisticOf('IQM', values)).toThrow('not known');
});

test('[OPS-1] what is not known is refused', () => {
  expect(() => alarm({ DatapointsToAlarm: 1 })).toThrow('DatapointsToAlarm');
  expect(() => alarm({ ComparisonOperator: 'LessThanThreshold' })).toThrow('LessThanThreshold');
  expect(() => alarm({ TreatMissingData: 'ignore' })).toThrow('ignore');
  expect(() => parseMath('IF(a > 1, b)')).toThrow('not understood');
  expect(() => parseMath('fill(a)')).toThrow('not understood');
  expect(parseMath('(a + b) * 2')((id) => (id === 'a' ? 1 : 2))).toBe(6);
  expect(parseMath('a / b')((id) => (id === 'a' ? 1 : 0))).toBeUndefined();
});

test('[OPS-1] a line of a function is each metric that it says, once for each set of dimensions', () => {
  const line = JSON.stringify({
    _aws: {
      Timestamp: 5,
      CloudWatchMetrics: [
        {
          Namespace: 'Plinth',
          Dimensions: [['service', 'operation'], ['service']],
          Metrics: [{ Name: 'Latency', Unit: 'Milliseconds' }],
        },
      ],
    },
    ...{ tenantId: 'ten_1', service: 'plinth', operation: 'tenancy.read', Latency: [3, 4] },
  });
  const found = samplesIn(line);
  expect(found).toHaveLength(4);
  expect(found[0]).toEqual({
    ...{ namespace: 'Plinth', name: 'Latency', value: 3, atMs: 5 },
    dimensions: { service: 'plinth', operation: 'tenancy.read' },
  });
  expect(found.at(-1)?.dimensions).toEqual({ service: 'plinth' });
  expect(samplesIn('{"level":"INFO","message":"request"}')).toEqual([]);
});
