/** How new versions go live: a share first, and back by themselves when calls fail. */
import { describe, expect, test } from '@jest/globals';
import { ofType, only, synthesize } from './synth.ts';

type Group = {
  DeploymentConfigName: string;
  AlarmConfiguration: { Enabled: boolean; Alarms: { Name: { Ref: string } }[] };
  AutoRollbackConfiguration: { Enabled: boolean; Events: string[] };
};

describe('a release', () => {
  test('[OPS-5] shifts every live alias through a group that goes back when the alarm rings', () => {
    const { http } = synthesize({ environment: 'prod' }).templates;
    const aliases = ofType(http, 'AWS::Lambda::Alias');
    const groups = new Map(ofType(http, 'AWS::CodeDeploy::DeploymentGroup'));
    expect(aliases.length).toBeGreaterThan(0);
    expect(groups.size).toBe(aliases.length);
    const [alarm] = ofType(http, 'AWS::CloudWatch::Alarm');
    for (const [, alias] of aliases) {
      const { UpdatePolicy: policy } = alias as unknown as {
        UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: { Ref: string } } };
      };
      const group = groups.get(policy.CodeDeployLambdaAliasUpdate.DeploymentGroupName.Ref)
        ?.Properties as Group;
      expect(group).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        AlarmConfiguration: { Enabled: true, Alarms: [{ Name: { Ref: alarm?.[0] } }] },
        AutoRollbackConfiguration: { Enabled: true },
      });
      expect(group.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
    }
  });

  test('[OPS-5] goes back for more than five 5xx in a minute, counted where callers are answered', () => {
    const { http } = synthesize().templates;
    expect(only(http, 'AWS::CloudWatch::Alarm').Properties).toMatchObject({
      ...{ Namespace: 'AWS/ApiGateway', MetricName: '5XXError', Threshold: 5, Period: 60 },
      ...{ EvaluationPeriods: 1, TreatMissingData: 'notBreaching' },
      Dimensions: [
        { Name: 'ApiName', Value: only(http, 'AWS::ApiGateway::RestApi').Properties?.Name },
        { Name: 'Stage', Value: only(http, 'AWS::ApiGateway::Stage').Properties?.StageName },
      ],
    });
  });

  test('[OPS-5] gets everything at once in development', () => {
    const { http } = synthesize().templates;
    for (const [, { Properties: group }] of ofType(http, 'AWS::CodeDeploy::DeploymentGroup')) {
      expect(group?.DeploymentConfigName).toBe('CodeDeployDefault.LambdaAllAtOnce');
    }
  });
});
