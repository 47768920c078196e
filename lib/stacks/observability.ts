/** What is watched, and what wakes somebody: thresholds of OPS-1. */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Row,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { type CellFacts, CellStack } from '#lib/constructs/cell-stack.ts';
import type { JobQueue } from '#lib/constructs/job-queue.ts';
import type { KernelFunction } from '#lib/constructs/kernel-function.ts';
import type { DataStack } from './data.ts';
import type { HttpStack } from './http.ts';
import type { JobsStack } from './jobs.ts';

export type Watched = { data: DataStack; jobs: JobsStack; http: HttpStack };

/** When an alarm rings: above the limit for so many periods of the metric in a row. */
type Threshold = { above: number; periods: number; why: string };

const period = Duration.minutes(1);
const minutes = (count: number) => Duration.minutes(count);

export class ObservabilityStack extends CellStack {
  readonly topic: Topic;
  readonly #rows: GraphWidget[][] = [];

  constructor(scope: Construct, facts: CellFacts, watched: Watched) {
    super(scope, 'observability', facts, 'Observability: dashboard, alarms, topic');
    this.topic = new Topic(this, 'Alarms', { topicName: `${facts.name}-alarms`, enforceSSL: true });
    // Without this the topic's own policy, which demands TLS, would shut CloudWatch out.
    this.topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));
    const { alarmEmail } = facts.deployment;
    if (alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(alarmEmail));
    this.watchApi(watched.http);
    this.watchFunctions(watched);
    this.watchQueues(watched.jobs);
    this.watchWorkflows(watched.jobs);
    this.watchDatabase(watched.data);
    this.watchTenants();
    this.watchModels();
    new Dashboard(this, 'Dashboard', {
      dashboardName: facts.name,
      defaultInterval: Duration.hours(6),
      widgets: this.#rows.map((row) => [new Row(...row)]),
    });
  }

  private watchApi({ api, firewall }: HttpStack): void {
    const { stage } = api;
    const requests = stage.metricCount({ period: minutes(5) });
    const failures = stage.metricServerError({ period: minutes(5), statistic: Stats.SUM });
    // Our own: the stage's counts answers of models as well, which take as long as they take.
    const p95 = own('Latency', Stats.percentile(95), period);
    const rate = new MathExpression({
      label: 'Errors, %',
      expression: '100 * failures / requests',
      usingMetrics: { failures, requests },
      period: minutes(5),
    });
    const blocked = new Metric({
      namespace: 'AWS/WAFV2',
      metricName: 'BlockedRequests',
      dimensionsMap: { WebACL: firewall.name, Region: this.region, Rule: 'ALL' },
      statistic: Stats.SUM,
      period: minutes(5),
    });
    this.alarm('ApiSlow', p95, { above: 1_000, periods: 5, why: 'p95 over 1 s for five minutes' });
    this.alarm('ApiErrors', failures, {
      above: 10,
      periods: 1,
      why: 'more than 10 server errors in five minutes',
    });
    this.alarm('ApiErrorRate', rate, { above: 1, periods: 1, why: 'more than 1 % of requests fail' });
    this.alarm('FirewallBlocks', blocked, {
      above: 1_000,
      periods: 1,
      why: 'more than 1000 requests blocked in five minutes',
    });
    this.show([
      ['Requests', [requests]],
      ['Latency p95, ms', [p95]],
      ['Server errors', [failures, rate]],
      ['Blocked by the firewall', [blocked]],
    ]);
  }

  private watchFunctions({ data, jobs, http }: Watched): void {
    const { migration } = data;
    this.alarm('MigrationFailed', migration.lambda.metricErrors({ period }), {
      above: 0,
      periods: 1,
      why: 'a schema migration failed',
    });
    for (const fn of jobs.functions.filter((one) => one.node.id.startsWith('schedule-'))) {
      this.alarm(`Errors-${fn.node.id}`, fn.lambda.metricErrors({ period: minutes(5) }), {
        above: 0,
        periods: 3,
        why: `${fn.node.id} failed in three periods of five minutes`,
      });
    }
    const all: readonly KernelFunction[] = [...http.functions, ...jobs.functions];
    this.show([
      ['Function errors', all.map((fn) => fn.lambda.metricErrors({ period: minutes(5), label: fn.node.id }))],
      [
        'Function duration p95, ms',
        all.map((fn) =>
          fn.lambda.metricDuration({
            period: minutes(5),
            statistic: Stats.percentile(95),
            label: fn.node.id,
          }),
        ),
      ],
      [
        'Throttled invocations',
        all.map((fn) => fn.lambda.metricThrottles({ period: minutes(5), label: fn.node.id })),
      ],
    ]);
  }

  private watchQueues({ outbox, queues }: JobsStack): void {
    const all = new Map<string, JobQueue>([['outbox', outbox], ...queues]);
    for (const [name, { deadLetters }] of all) {
      const depth = deadLetters.metricApproximateNumberOfMessagesVisible({
        period,
        statistic: Stats.MAXIMUM,
      });
      this.alarm(`DeadLetters-${name}`, depth, {
        above: 0,
        periods: 1,
        why: `messages of ${name} could not be handled`,
      });
    }
    const entries = [...all];
    this.show([
      [
        'Waiting messages',
        entries.map(([label, { queue }]) =>
          queue.metricApproximateNumberOfMessagesVisible({ period, label }),
        ),
      ],
      [
        'Oldest message, s',
        entries.map(([label, { queue }]) => queue.metricApproximateAgeOfOldestMessage({ period, label })),
      ],
      [
        'Dead letters',
        entries.map(([label, { deadLetters }]) =>
          deadLetters.metricApproximateNumberOfMessagesVisible({ period, label }),
        ),
      ],
    ]);
  }

  private watchWorkflows({ workflows }: JobsStack): void {
    for (const { workflow, machine } of workflows) {
      const id = `Workflow-${workflow.name.replace('.', '-')}`;
      // What a step refused counts as succeeded: its own record says why.
      this.alarm(id, machine.metricFailed({ period: minutes(5) }), {
        above: 0,
        periods: 1,
        why: `${workflow.name} did not come to its end`,
      });
    }
    if (workflows.length === 0) return;
    const each = (metricOf: (one: (typeof workflows)[number]) => IMetric) => workflows.map(metricOf);
    this.show([
      ['Workflows started', each(({ workflow, machine }) => machine.metricStarted({ label: workflow.name }))],
      ['Workflows failed', each(({ workflow, machine }) => machine.metricFailed({ label: workflow.name }))],
    ]);
  }

  private watchDatabase({ database }: DataStack): void {
    const { cluster } = database;
    const cpu = cluster.metricCPUUtilization({ period });
    const connections = cluster.metricDatabaseConnections({ period, statistic: Stats.MAXIMUM });
    const capacity = cluster.metric('ACUUtilization', { period });
    const { connectionAlarm } = this.facts.deployment.database;
    this.alarm('DatabaseCpu', cpu, {
      above: 80,
      periods: 5,
      why: 'database processor over 80 % for five minutes',
    });
    this.alarm('DatabaseConnections', connections, {
      above: connectionAlarm,
      periods: 5,
      why: `more than ${connectionAlarm} database connections`,
    });
    this.alarm('DatabaseCapacity', capacity, {
      above: 90,
      periods: 15,
      why: 'the database runs at its configured maximum',
    });
    this.show([
      ['Database processor and capacity, %', [cpu, capacity]],
      ['Database connections', [connections]],
    ]);
  }

  private watchTenants(): void {
    const provisioning = own('ProvisioningDuration', Stats.MAXIMUM, period);
    const attempts = own('CrossTenantAttempts', Stats.SUM, minutes(5));
    const denials = own('PermissionDenials', Stats.SUM, minutes(5));
    this.alarm('ProvisioningSlow', provisioning, {
      above: 120_000,
      periods: 1,
      why: 'a tenant took more than 120 s to provision (TEN-2)',
    });
    // A mistyped id is not an attack; six in five minutes are looked at.
    this.alarm('CrossTenantAttempts', attempts, {
      above: 5,
      periods: 1,
      why: 'more than 5 calls in five minutes named a tenant that is not the caller’s (TEN-11)',
    });
    const unguarded = own('GuardFailures', Stats.SUM, period);
    this.alarm('SignInFailing', unguarded, {
      above: 0,
      periods: 1,
      why: 'attempts to sign in could not be counted, so they were refused (IDN-6)',
    });
    this.show([
      ['Provisioning, ms', [provisioning]],
      [
        'Attempts across tenants, denials, sign-ins that could not be guarded',
        [attempts, denials, unguarded],
      ],
    ]);
  }

  private watchModels(): void {
    const failures = own('ModelFailures', Stats.SUM, minutes(5));
    const missing = own('ModelKeysMissing', Stats.SUM, minutes(5));
    this.alarm('ModelsFailing', failures, {
      above: 20,
      periods: 2,
      why: 'more than 20 attempts to call a model failed in five minutes, twice in a row (AI-1)',
    });
    this.alarm('ModelKeysMissing', missing, {
      above: 0,
      periods: 1,
      why: 'a provider of models has no key in its secret, or it cannot be read (AI-1)',
    });
    const cost = own('AiCostToday', Stats.MAXIMUM, minutes(5));
    const { aiDailyCostAlarmDollars } = this.facts.deployment;
    this.alarm('AiDailyCost', cost, {
      above: aiDailyCostAlarmDollars,
      periods: 1,
      why: `calls of models have cost all tenants more than ${aiDailyCostAlarmDollars} dollars today (AI-2)`,
    });
    this.show([
      ['Models: failed attempts, keys that are missing', [failures, missing]],
      ['Cost of AI today, all tenants, dollars', [cost]],
    ]);
  }

  private alarm(id: string, metric: IMetric, { above, periods, why }: Threshold): void {
    const alarm = new Alarm(this, id, {
      alarmName: `${this.facts.name}-${id}`,
      alarmDescription: `${this.facts.name}: ${why}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      // No traffic is no failure.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  private show(graphs: readonly (readonly [title: string, metrics: IMetric[]])[]): void {
    const width = Math.floor(24 / graphs.length);
    this.#rows.push(graphs.map(([title, left]) => new GraphWidget({ title, left, width })));
  }
}

/** A metric that the functions themselves write (shared/middleware/telemetry.ts). */
function own(metricName: string, statistic: string, every: Duration): Metric {
  return new Metric({
    namespace: 'Plinth',
    metricName,
    dimensionsMap: { service: 'plinth' },
    statistic,
    period: every,
  });
}
