import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bundleFunctions } from '#lib/bundle.ts';
import { features } from '#lib/features.ts';
import { ConsoleStack } from '#lib/stacks/console.ts';
import { deploymentOf } from '#shared/config/deployments.ts';
import { modules, ofType, only, type Synthesized, synthesize, type Template } from './synth.ts';

describe('what is watched', () => {
  let cell: Synthesized;
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

  test('[OPS-1] the thresholds of the requirements have their alarms', () => {
    const limits = {
      ApiSlow: { Threshold: 1_000, EvaluationPeriods: 5, Period: 60, ExtendedStatistic: 'p95' },
      ApiErrors: { Threshold: 10, EvaluationPeriods: 1, Period: 300, MetricName: '5XXError' },
      ApiErrorRate: { Threshold: 1, EvaluationPeriods: 1 },
      DatabaseCpu: { Threshold: 80, MetricName: 'CPUUtilization' },
      DatabaseConnections: { Threshold: 1_000, MetricName: 'DatabaseConnections' },
      MigrationFailed: { Threshold: 0, MetricName: 'Errors' },
    };
    for (const [name, expected] of Object.entries(limits)) expect(alarms.get(name)).toMatchObject(expected);
  });

  test('[TEN-2] a tenant that takes more than 120 s to provision raises an alarm', () => {
    expect(alarms.get('ProvisioningSlow')).toMatchObject({
      Namespace: 'Plinth',
      MetricName: 'ProvisioningDuration',
      Threshold: 120_000,
      Statistic: 'Maximum',
    });
  });

  test('[TEN-11] repeated attempts across tenants raise an alarm, on the metric that the chain writes', () => {
    expect(alarms.get('CrossTenantAttempts')).toMatchObject({
      Namespace: 'Plinth',
      MetricName: 'CrossTenantAttempts',
      Dimensions: [{ Name: 'service', Value: 'plinth' }],
      Threshold: 5,
      Period: 300,
    });
  });

  test('[IDN-6] a guard that cannot count, and so lets nobody in, raises an alarm', () => {
    expect(alarms.get('SignInFailing')).toMatchObject({
      Namespace: 'Plinth',
      MetricName: 'GuardFailures',
      Threshold: 0,
    });
    const guard = readFileSync(join(import.meta.dirname, '../../functions/trigger/guard.ts'), 'utf8');
    expect(guard).toContain("countMetric('GuardFailures')");
  });

  test('[AI-2] a day of AI that costs all tenants more than the deployment allows raises an alarm', () => {
    expect(alarms.get('AiDailyCost')).toMatchObject({
      ...{ Namespace: 'Plinth', MetricName: 'AiCostToday', Statistic: 'Maximum', Period: 300 },
      ...{ Threshold: deploymentOf('prod').aiDailyCostAlarmDollars, EvaluationPeriods: 1 },
    });
    const schedule = readFileSync(
      join(import.meta.dirname, '../../functions/schedule/ai-budgets.ts'),
      'utf8',
    );
    expect(schedule).toContain("gaugeMetric('AiCostToday'");
  });

  test('every dead-letter queue has an alarm that rings at the first message', () => {
    const working = modules.filter((module) => Object.keys(module.jobs).length > 0).map(({ name }) => name);
    for (const name of ['outbox', ...working]) {
      expect(alarms.get(`DeadLetters-${name}`)).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      });
    }
  });

  test('every alarm reaches the topic, the topic reaches a person, and CloudWatch may publish', () => {
    const { observability } = cell.templates;
    const [topic] = ofType(observability, 'AWS::SNS::Topic')[0] ?? [];
    for (const alarm of alarms.values()) expect(alarm.AlarmActions).toEqual([{ Ref: topic }]);
    expect(only(observability, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'operations@plinth.example',
    });
    expect(JSON.stringify(only(observability, 'AWS::SNS::TopicPolicy'))).toContain(
      'cloudwatch.amazonaws.com',
    );
  });
});

describe('the console', () => {
  test('is read through CloudFront only, with headers that let no other site in', () => {
    const { console: template } = synthesize().templates;
    expect(ofType(template, 'AWS::CloudFront::OriginAccessControl')).toHaveLength(1);
    const headers = JSON.stringify(only(template, 'AWS::CloudFront::ResponseHeadersPolicy'));
    expect(headers).toContain("default-src 'none'");
    expect(headers).toContain("frame-ancestors 'none'");
    expect(headers).toContain('https://*.execute-api.us-east-1.amazonaws.com');
    expect(headers).not.toContain('unsafe-eval');
  });

  test('is published when it has been built, and nothing is published before', () => {
    const built = mkdtempSync(join(tmpdir(), 'plinth-console-'));
    expect(published(built)).toBe(0);
    writeFileSync(join(built, 'index.html'), '<!doctype html><title>Console</title>');
    expect(published(built)).toBe(1);
    rmSync(built, { recursive: true });
  });
});

/** How often a build would be uploaded; the security checks must have nothing to say about it. */
function published(built: string): number {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-synth-'));
  const app = new App({
    outdir,
    context: features,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new ConsoleStack(
    new Construct(app, 'plinth-dev-us'),
    {
      name: 'plinth-dev-us',
      region: 'us',
      account: undefined,
      deployment: deploymentOf('dev'),
      bundles: bundleFunctions({ maps: false }),
      modules,
    },
    { apiUrl: 'https://api.example', loginUrl: 'https://login.example', clientId: 'client' },
    built,
  );
  const { templateFullPath } = app.synth().getStackArtifact(stack.artifactId);
  const template = JSON.parse(readFileSync(templateFullPath, 'utf8')) as Template;
  rmSync(outdir, { recursive: true });
  return ofType(template, 'Custom::CDKBucketDeployment').length;
}
