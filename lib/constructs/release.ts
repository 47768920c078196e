/**
 * Blue and green (OPS-5): a new version of a function gets a share of the calls first, and all of them when nothing
 * went wrong meanwhile; otherwise the `live` alias goes back to the version before, by itself. In development the
 * new version gets everything at once.
 */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarm, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { accept } from './accept.ts';
import { cellOf } from './cell-stack.ts';

const deployPolicy =
  'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]';

export type ReleaseProps = {
  /** The `live` aliases by the name of their function. */
  aliases: ReadonlyMap<string, Alias>;
  /** The stage as CloudWatch names it: literally, because the stage itself depends on the aliases. */
  stage: { ApiName: string; Stage: string };
};

export class Release extends Construct {
  readonly alarm: IAlarm;

  constructor(scope: Construct, id: string, { aliases, stage }: ReleaseProps) {
    super(scope, id);
    const { facts } = cellOf(this);
    // Nobody is woken by it: it only decides whether a release goes on.
    this.alarm = new Alarm(this, 'Errors', {
      alarmName: `${facts.name}-ReleaseErrors`,
      alarmDescription: 'Requests are answered with 5xx: a release that is under way goes back.',
      metric: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5XXError',
        dimensionsMap: stage,
        statistic: 'Sum',
        period: Duration.minutes(1),
      }),
      threshold: 5,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      description: 'Shifts calls between versions of the functions',
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSCodeDeployRoleForLambdaLimited'),
      ],
    });
    accept(role, {
      [deployPolicy]:
        'AWS keeps in it what CodeDeploy needs to shift aliases and to read alarms, and no more.',
    });
    const application = new LambdaApplication(this, 'Application', { applicationName: facts.name });
    for (const [name, alias] of aliases) {
      new LambdaDeploymentGroup(this, name, {
        application,
        role,
        alias,
        deploymentConfig: facts.deployment.releasesGradually
          ? LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES
          : LambdaDeploymentConfig.ALL_AT_ONCE,
        alarms: [this.alarm],
        autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      });
    }
  }
}
