/** What is watched: every alarm and dashboard of the tables is in the template, on a metric that somebody writes. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type AlarmRow, alarmTable, runbookOf } from '#lib/operations/alarm-table.ts';
import { dashboardTable, type Graph } from '#lib/operations/dashboard-table.ts';
import { type Figure, rowsOf } from '#lib/operations/metric-rows.ts';
import { deploymentOf } from '#shared/config/deployments.ts';
import { flatten, modules, ofType, only, type Synthesized, synthesize } from './synth.ts';

const root = join(import.meta.dirname, '../..');
const rows = Object.entries<AlarmRow>(alarmTable);
const graphs = Object.entries<readonly (readonly Graph[])[]>(dashboardTable);

let cell: Synthesized;
/** By name without the cell's: `DeadLetters-members`. */
let alarms: Map<string, Record<string, unknown>>;

beforeAll(() => {
  cell = synthesize({ environment: 'prod', changed: { alarmEmail: 'operations@plinth.example' } });
  alarms = new Map(
    ofType(cell.templates.observability, 'AWS::CloudWatch::Alarm').map(
      ([, { Properties: properties = {} }]) => [
        String(properties.AlarmName).replace('plinth-prod-us-', ''),
        properties,
      ],
    ),
  );
});

/** The synthesized alarms of a row: one, or one for each member of a family. */
function alarmsOf(name: string): Record<string, unknown>[] {
  return [...alarms].filter(([id]) => id === name || id.startsWith(`${name}-`)).map(([, alarm]) => alarm);
}

/** What an alarm reads: the metric itself, or those of its expression. */
function readBy(alarm: Record<string, unknown>): { name: unknown; statistic: unknown; seconds: unknown }[] {
  type Stat = { Metric: { MetricName: unknown }; Stat: unknown; Period: unknown };
  const { Metrics: metrics } = alarm as { Metrics?: { MetricStat?: Stat }[] };
  if (metrics === undefined) {
    const statistic = alarm.Statistic ?? alarm.ExtendedStatistic;
    return [{ name: alarm.MetricName, statistic, seconds: alarm.Period }];
  }
  return metrics.flatMap(({ MetricStat: stat }) =>
    stat === undefined ? [] : [{ name: stat.Metric.MetricName, statistic: stat.Stat, seconds: stat.Period }],
  );
}

describe('the alarms', () => {
  test.each(rows)(
    '[OPS-1] %s watches what its row says, at its limit, and names its runbook',
    (name, row) => {
      const found = alarmsOf(name);
      expect(found.length).toBeGreaterThan(0);
      const limit = typeof row.above === 'number' ? row.above : row.above(deploymentOf('prod'));
      for (const alarm of found) {
        expect(alarm).toMatchObject({
          ...{ Threshold: limit, EvaluationPeriods: row.periods, ComparisonOperator: 'GreaterThanThreshold' },
          TreatMissingData: row.silence === 'rings' ? 'breaching' : 'notBreaching',
        });
        expect(alarm.AlarmDescription).toContain(row.means);
        expect(alarm.AlarmDescription).toContain(runbookOf(name));
        const expected = rowsOf(row.figure).map((one) => ({
          ...{ name: one.name, statistic: one.statistic, seconds: one.minutes * 60 },
        }));
        expect(readBy(alarm)).toEqual(expected);
      }
    },
  );

  test('[OPS-1] the thresholds of the requirements', () => {
    expect(alarms.get('ApiSlow')).toMatchObject({ Threshold: 1_000, EvaluationPeriods: 5, Period: 60 });
    expect(alarms.get('ApiErrors')).toMatchObject({ Threshold: 10, EvaluationPeriods: 1, Period: 300 });
    expect(alarms.get('ApiErrorRate')).toMatchObject({ Threshold: 1, EvaluationPeriods: 1 });
    expect(JSON.stringify(alarms.get('ApiErrorRate'))).toContain('100 * part / whole');
    expect(alarms.get('DatabaseCpu')).toMatchObject({ Threshold: 80 });
  });

  test('are those of the table and no others', () => {
    const strangers = [...alarms.keys()].filter(
      (id) => !rows.some(([name]) => id === name || id.startsWith(`${name}-`)),
    );
    expect(strangers).toEqual([]);
  });

  test('[OPS-1] every queue, schedule and workflow has its own', () => {
    const working = modules.filter((module) => Object.keys(module.jobs).length > 0).map(({ name }) => name);
    for (const name of ['outbox', ...working]) {
      expect([...alarms.keys()]).toContain(`DeadLetters-${name}`);
      expect([...alarms.keys()]).toContain(`QueueOld-${name}`);
    }
    const schedules = ofType(cell.templates.jobs, 'AWS::Events::Rule');
    expect(alarmsOf('ScheduleFailing')).toHaveLength(schedules.length);
    const machines = ofType(cell.templates.jobs, 'AWS::StepFunctions::StateMachine');
    expect(alarmsOf('WorkflowFailed')).toHaveLength(machines.length);
  });

  test('reach the topic, the topic reaches a person, and CloudWatch may publish', () => {
    const { observability } = cell.templates;
    const [topic] = ofType(observability, 'AWS::SNS::Topic')[0] ?? [];
    for (const alarm of alarms.values()) {
      expect(alarm.AlarmActions).toEqual([{ Ref: topic }]);
      expect(alarm.OKActions).toEqual([{ Ref: topic }]);
    }
    expect(only(observability, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'operations@plinth.example',
    });
    expect(JSON.stringify(only(observability, 'AWS::SNS::TopicPolicy'))).toContain(
      'cloudwatch.amazonaws.com',
    );
  });
});

describe('the metrics', () => {
  test('[OPS-1] that are our own are written by some function, under the name that is watched', () => {
    const figures: Figure[] = [
      ...rows.map(([, { figure }]) => figure),
      ...graphs.flatMap(([, lines]) => lines.flat().flatMap(({ left, right = [] }) => [...left, ...right])),
    ];
    const names = new Set(
      figures
        .flatMap(rowsOf)
        .filter(({ source }) => source === 'plinth')
        .map(({ name }) => name),
    );
    const sources = globSync('{shared,functions}/**/*.ts', { cwd: root }).map((file) =>
      readFileSync(join(root, file), 'utf8'),
    );
    const written = (name: string) =>
      sources.some((text) =>
        new RegExp(String.raw`(countMetric|gaugeMetric|addMetric)\([^;]*'${name}'`, 's').test(text),
      );
    expect([...names].filter((name) => !written(name))).toEqual([]);
  });
});

describe('the dashboards', () => {
  test.each(graphs)('[OPS-1] %s shows every graph of its table', (name, lines) => {
    const found = ofType(cell.templates.observability, 'AWS::CloudWatch::Dashboard').find(
      ([, { Properties: properties }]) => properties?.DashboardName === `plinth-prod-us-${name}`,
    );
    const { widgets } = JSON.parse(flatten(found?.[1].Properties?.DashboardBody)) as {
      widgets: { properties: { title: string; metrics: unknown[] } }[];
    };
    const shown = widgets.map(({ properties }) => properties.title);
    const hasWorkflows = ofType(cell.templates.jobs, 'AWS::StepFunctions::StateMachine').length > 0;
    const expected = lines.flat().map(({ title }) => title);
    expect(shown).toEqual(expected.filter((title) => hasWorkflows || !title.startsWith('Workflows')));
    for (const { properties } of widgets) expect(properties.metrics.length).toBeGreaterThan(0);
  });
});

describe('the runbook', () => {
  test('[OPS-8] has a heading for every alarm and for nothing else', () => {
    const text = readFileSync(join(root, 'docs/runbooks/alarms.md'), 'utf8');
    const headings = [...text.matchAll(/^## (\S+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(rows.map(([name]) => name));
  });
});
