/** What is watched, and what wakes somebody: the tables of `lib/operations` made real (OPS-1). */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { Canary } from '#lib/constructs/canary.ts';
import { type CellFacts, CellStack } from '#lib/constructs/cell-stack.ts';
import { rankTenants } from '#lib/constructs/saved-queries.ts';
import { type AlarmRow, alarmTable, runbookOf } from '#lib/operations/alarm-table.ts';
import { type CellMetrics, cellMetrics, type Watched } from '#lib/operations/cell-metrics.ts';
import { dashboardTable, type Graph } from '#lib/operations/dashboard-table.ts';
import type { Figure } from '#lib/operations/metric-rows.ts';

export class ObservabilityStack extends CellStack {
  readonly topic: Topic;
  readonly #metrics: CellMetrics;

  constructor(scope: Construct, facts: CellFacts, watched: Watched) {
    super(scope, 'observability', facts, 'Observability: dashboards, alarms, topic, canary');
    this.#metrics = cellMetrics(watched);
    this.topic = this.createTopic();
    new Canary(this, 'Canary', { apiUrl: watched.http.api.url });
    for (const [name, row] of Object.entries<AlarmRow>(alarmTable)) this.addAlarms(name, row);
    rankTenants(this);
    for (const [name, rows] of Object.entries<readonly (readonly Graph[])[]>(dashboardTable)) {
      new Dashboard(this, `Dashboard-${name}`, {
        dashboardName: `${facts.name}-${name}`,
        defaultInterval: Duration.hours(6),
        widgets: rows.map((row) => row.flatMap((graph) => this.graph(graph, Math.floor(24 / row.length)))),
      });
    }
  }

  private createTopic(): Topic {
    const topic = new Topic(this, 'Alarms', { topicName: `${this.facts.name}-alarms`, enforceSSL: true });
    // Without this the topic's own policy, which demands TLS, would shut CloudWatch out.
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));
    const { alarmEmail } = this.facts.deployment;
    if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));
    return topic;
  }

  private addAlarms(name: string, row: AlarmRow): void {
    const { deployment } = this.facts;
    for (const { member, metric } of this.#metrics(row.figure, false)) {
      const id = member === undefined ? name : `${name}-${member}`;
      const alarm = new Alarm(this, id, {
        alarmName: `${this.facts.name}-${id}`,
        alarmDescription: `${row.means} What to do: ${runbookOf(name)} (${row.requirement})`,
        metric,
        threshold: typeof row.above === 'number' ? row.above : row.above(deployment),
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: row.periods,
        treatMissingData:
          row.silence === 'rings' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      });
      const action = new SnsAction(this.topic);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }

  /** None where the cell has nothing of what it would show. */
  private graph({ title, left, right = [] }: Graph, width: number): IWidget[] {
    const metricsOf = (figures: readonly Figure[]) =>
      figures.flatMap((figure) => this.#metrics(figure, true).map(({ metric }) => metric));
    const shown = metricsOf(left);
    return shown.length === 0
      ? []
      : [new GraphWidget({ title, width, left: shown, right: metricsOf(right) })];
  }
}
