/**
 * The machine that lets this cell go on when the one that it follows is gone (BKP-4), who is told of it, and what rings
 * when following stops. It refers to nothing in the other region: names are all that both cells share.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { type CellFacts, CellStack, leaderOf } from '#lib/constructs/cell-stack.ts';
import { globalClusterArn } from '#lib/constructs/global-database.ts';
import { KernelFunction } from '#lib/constructs/kernel-function.ts';
import { connectDatabase, useGate, wakeDispatcher } from '#lib/constructs/needs.ts';
import { Workflow, workerTimeout } from '#lib/constructs/workflow.ts';
import { regions } from '#shared/config/regions.ts';
import { failoverMachine, failoverWorkflows } from '#shared/failover/machine.events.ts';
import type { DataStack } from './data.ts';
import type { HttpStack } from './http.ts';
import type { JobsStack } from './jobs.ts';
import type { NetworkStack } from './network.ts';

/** The stacks of the standby that the machine works with. */
export type Standby = { network: NetworkStack; data: DataStack; jobs: JobsStack; http: HttpStack };

/** Following longer than this behind rings: the objective is fifteen minutes, and usual is a second. */
const lagAlarmMs = 60_000;

export class FailoverStack extends CellStack {
  readonly machine: Workflow;

  constructor(scope: Construct, facts: CellFacts, standby: Standby) {
    super(scope, 'failover', facts, 'Failover: the machine, who is told, alarms');
    const worker = this.worker(standby);
    this.machine = new Workflow(this, 'Machine', { workflow: failoverWorkflows.run, worker });
    const topic = this.topic();
    this.tell(topic);
    this.watch(topic, standby.data);
  }

  private worker({ network, data, jobs, http }: Standby): KernelFunction {
    const { facts } = this;
    const { database: login = 'app_restore' } = failoverMachine.needs.steps ?? {};
    const worker = new KernelFunction(this, 'standby-failover', {
      kind: 'standby',
      entry: 'failover',
      description: 'Runs the steps of a failover to this region',
      timeoutSeconds: workerTimeout(Object.values(failoverWorkflows)).toSeconds(),
      memoryMb: 1024,
      network: { vpc: network.vpc, securityGroup: network.functions },
    });
    connectDatabase(worker, data.address, login);
    useGate(worker, data.gate);
    wakeDispatcher(worker, jobs.outbox.queue, true);
    const { cluster } = data.database;
    const followed = `arn:aws:rds:${regions[facts.region].aws}:${this.account}:cluster:${leaderOf(facts)}`;
    worker.lambda.addToRolePolicy(
      new PolicyStatement({
        sid: 'Promote',
        actions: ['rds:DescribeGlobalClusters', 'rds:FailoverGlobalCluster', 'rds:SwitchoverGlobalCluster'],
        resources: [globalClusterArn(facts, this.account), cluster.clusterArn, followed],
      }),
    );
    const domain = facts.deployment.apiDomains[facts.region];
    const url = domain === undefined ? undefined : `https://${domain.name}/`;
    const variables = {
      RESIDENCY: facts.region,
      CELL: facts.name,
      GLOBAL_CLUSTER: leaderOf(facts),
      CLUSTER_ARN: cluster.clusterArn,
      API_URL: http.api.url,
      SCHEMA_VERSION: String(schemaVersion()),
      ...(url === undefined ? {} : { PRIMARY_URL: url }),
      // Without a certificate here the name cannot lead here, and nobody shall wait for it.
      ...(url === undefined || domain?.standbyCertificateArn === undefined ? {} : { PUBLIC_URL: url }),
    };
    for (const [name, value] of Object.entries(variables)) {
      worker.lambda.addEnvironment(`FAILOVER_${name}`, value);
    }
    return worker;
  }

  private topic(): Topic {
    const topic = new Topic(this, 'Failover', { topicName: `${this.facts.name}-failover`, enforceSSL: true });
    // Without these the topic's own policy, which demands TLS, would shut them out.
    for (const service of ['cloudwatch', 'events']) {
      topic.grantPublish(new ServicePrincipal(`${service}.amazonaws.com`));
    }
    const { alarmEmail } = this.facts.deployment;
    if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));
    return topic;
  }

  /** Operators hear of a failover from Step Functions itself: that it began, and how it ended. */
  private tell(topic: Topic): void {
    new Rule(this, 'Told', {
      description: 'Tells operators that a failover began, and how it ended',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.machine.machine.stateMachineArn] },
      },
      targets: [
        new SnsTopic(topic, {
          message: RuleTargetInput.fromText(
            `Failover to ${this.facts.name}: see docs/runbooks/failover.md and the state machine's executions.`,
          ),
        }),
      ],
    });
  }

  private watch(topic: Topic, { database }: DataStack): void {
    const lag = new Metric({
      namespace: 'AWS/RDS',
      metricName: 'AuroraGlobalDBReplicationLag',
      dimensionsMap: { DBClusterIdentifier: database.cluster.clusterIdentifier },
      statistic: 'Maximum',
      period: Duration.minutes(1),
    });
    const failed = this.machine.machine.metricFailed({ period: Duration.minutes(1), statistic: 'Sum' });
    const alarms = [
      {
        name: 'StandbyBehind',
        metric: lag,
        above: lagAlarmMs,
        // A standby that says nothing follows nothing.
        silence: TreatMissingData.BREACHING,
        means: 'The standby’s database is more than a minute behind, or does not follow.',
      },
      {
        name: 'FailoverFailed',
        metric: failed,
        above: 0,
        silence: TreatMissingData.NOT_BREACHING,
        means: 'A failover to this region did not come to its end. Start it again: it goes on.',
      },
    ];
    for (const { name, metric, above, silence, means } of alarms) {
      const alarm = new Alarm(this, name, {
        alarmName: `${this.facts.name}-${name}`,
        alarmDescription: `${means} What to do: docs/runbooks/failover.md (OPS-1)`,
        metric,
        threshold: above,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: name === 'StandbyBehind' ? 5 : 1,
        treatMissingData: silence,
      });
      const action = new SnsAction(topic);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }
}

/** Which schema the functions here know: the number of the newest migration. */
function schemaVersion(): number {
  const folder = join(import.meta.dirname, '../../shared/db/migrations');
  return readdirSync(folder).filter((name) => name.endsWith('.sql')).length;
}
