/** The judge of a drill: it names what did not ring, rang late, rang for nothing, or rings on. */
import { expect, test } from '@jest/globals';
import type { ResolvedResource } from '#local/template/cell.ts';
import { readAlarm } from './evaluator.ts';
import { complaints, judge, type Phase } from './judge.ts';
import { sampleStore } from './samples.ts';

const minuteMs = 60_000;

const alarm = readAlarm({
  logicalId: 'Tried',
  properties: {
    ...{ AlarmName: 'plinth-dev-us-Tried', ComparisonOperator: 'GreaterThanThreshold', Threshold: 0 },
    ...{ EvaluationPeriods: 1, TreatMissingData: 'notBreaching', Period: 60, Statistic: 'Sum' },
    ...{ Namespace: 'Plinth', MetricName: 'Failures', Dimensions: [] },
  },
} as unknown as ResolvedResource);

/** What is complained of when something fails in these minutes; the fault is there from 10, repaired at 15, over at 20. */
function judged(failing: number[], changed: Partial<Phase> = {}): string[] {
  const samples = sampleStore();
  const metric = { namespace: 'Plinth', name: 'Failures', dimensions: {} };
  samples.add(failing.map((minute) => ({ ...metric, value: 1, atMs: minute * minuteMs })));
  const phase = { name: 'tried', from: 10, repaired: 15, to: 20, must: ['Tried'], may: [], ...changed };
  return complaints(judge([alarm], samples, phase));
}

test('[OPS-1] an alarm that rings at once and falls silent is right', () => {
  expect(judged([10, 11, 12])).toEqual([]);
});

test('[OPS-1] one that does not ring, or too late, is named', () => {
  expect(judged([])).toEqual(['Tried did not ring']);
  expect(judged([9])).toEqual(['Tried did not ring']);
  expect(judged([14])).toEqual(['Tried rang too late']);
  expect(judged([14], { showsAfter: 4 })).toEqual([]);
});

test('[OPS-1] one that rings for nothing is named, unless it may', () => {
  expect(judged([12], { must: [] })).toEqual(['Tried rang without a reason']);
  expect(judged([12], { must: [], may: ['Tri*'] })).toEqual([]);
});

test('[OPS-1] one that still rings at the end is named', () => {
  expect(judged([10, 19])).toEqual(['Tried still rings']);
});
