import { beforeAll, describe, expect, test } from '@jest/globals';
import { backupRules } from '#shared/config/backups.ts';
import { deploymentOf, regionsOf } from '#shared/config/deployments.ts';
import { exportLimits } from '#shared/config/exports.ts';
import { regionNames, regions } from '#shared/config/regions.ts';
import { newApp, ofType, only, type Resource, stackNames, type Synthesized, synthesize } from './synth.ts';

describe('a cell', () => {
  let dev: Synthesized;
  let prod: Synthesized;

  beforeAll(() => {
    dev = synthesize();
    prod = synthesize({ environment: 'prod', regions: ['eu'] });
  });

  test('[OPS-5] every residency has the same stacks in its own region, without account or network', () => {
    const { stacks } = newApp({ regions: regionNames }).synth();
    expect(stacks.map(({ stackName }) => stackName).sort()).toEqual(
      regionNames.flatMap((region) => stackNames.map((name) => `plinth-dev-${region}-${name}`)).sort(),
    );
    for (const stack of stacks) {
      const region = regionNames.find((name) => stack.stackName.startsWith(`plinth-dev-${name}-`));
      expect(stack.environment).toMatchObject({
        account: 'unknown-account',
        region: region && regions[region].aws,
      });
    }
  });

  test('no stack comes near the limit of 500 resources', () => {
    for (const { templates } of [dev, prod]) {
      for (const template of Object.values(templates)) {
        expect(Object.keys(template.Resources).length).toBeLessThan(400);
      }
    }
  });

  test('[OPS-5] no template contains a secret, not even of a configured identity provider', () => {
    const { templates } = synthesize({
      changed: {
        identityProviders: {
          google: { clientId: 'google-client', clientSecretName: 'sign-in/google' },
          microsoft: { clientId: 'entra-client', clientSecretName: 'sign-in/microsoft', directory: 'common' },
        },
      },
    });
    const providers = ofType(templates.identity, 'AWS::Cognito::UserPoolIdentityProvider');
    expect(providers.map(([, { Properties: properties }]) => properties?.AttributeMapping)).toEqual([
      { email: 'email', name: 'name', email_verified: 'email_verified' },
      { email: 'email', name: 'name' },
    ]);
    const all = [templates, dev.templates, prod.templates].flatMap((cell) => Object.values(cell));
    expect(all.flatMap((template) => secretsIn(template))).toEqual([]);
  });

  test('a secret in a template would be found', () => {
    expect(secretsIn({ Resources: { Db: { MasterUserPassword: 'hunter2' } } })).toEqual([
      'MasterUserPassword',
    ]);
    expect(secretsIn({ ProviderDetails: { client_secret: 'hunter2' } })).toEqual(['client_secret']);
    expect(secretsIn({ Secret: { SecretString: 'hunter2' } })).toEqual(['SecretString']);
    expect(secretsIn({ password: '{{resolve:secretsmanager:db:SecretString:password::}}' })).toEqual([]);
  });

  test('[OPS-5] production keeps every piece of data when its stack goes; development leaves nothing', () => {
    for (const type of dataTypes) {
      const kept = dataOf(prod, type);
      expect(kept).not.toEqual([]);
      for (const resource of kept) expect([type, resource.DeletionPolicy]).toEqual([type, 'Retain']);
      for (const resource of dataOf(dev, type))
        expect([type, resource.DeletionPolicy]).toEqual([type, 'Delete']);
    }
  });

  test('production refuses to delete database, users and gate, and its stacks', () => {
    const { data, identity } = prod.templates;
    expect(only(data, 'AWS::RDS::DBCluster').Properties).toMatchObject({ DeletionProtection: true });
    expect(only(data, 'AWS::DynamoDB::Table').Properties).toMatchObject({ DeletionProtectionEnabled: true });
    expect(only(identity, 'AWS::Cognito::UserPool').Properties).toMatchObject({
      DeletionProtection: 'ACTIVE',
    });
    const { stacks } = newApp({ environment: 'prod' }).synth();
    expect(stacks.map((stack) => stack.terminationProtection)).toEqual(stackNames.map(() => true));
  });

  test('[ARC-4] the database is encrypted, private, TLS only, and in production in two zones', () => {
    for (const { templates } of [dev, prod]) {
      expect(only(templates.data, 'AWS::RDS::DBCluster').Properties).toMatchObject({
        StorageEncrypted: true,
        EnableIAMDatabaseAuthentication: true,
        BackupRetentionPeriod: 35,
      });
      const { Parameters: parameters } = only(templates.data, 'AWS::RDS::DBClusterParameterGroup')
        .Properties as { Parameters: unknown };
      expect(parameters).toMatchObject({ 'rds.force_ssl': '1', log_parameter_max_length: '0' });
      for (const [, instance] of ofType(templates.data, 'AWS::RDS::DBInstance')) {
        expect(instance.Properties).toMatchObject({ PubliclyAccessible: false });
      }
    }
    expect(ofType(dev.templates.data, 'AWS::RDS::DBInstance')).toHaveLength(1);
    expect(ofType(prod.templates.data, 'AWS::RDS::DBInstance')).toHaveLength(2);
  });

  test('production connects through a proxy without a single password; development pauses at zero', () => {
    const proxy = only(prod.templates.data, 'AWS::RDS::DBProxy').Properties;
    expect(proxy).toMatchObject({ DefaultAuthScheme: 'IAM_AUTH', RequireTLS: true });
    expect(proxy?.Auth).toBeUndefined();
    expect(ofType(dev.templates.data, 'AWS::RDS::DBProxy')).toEqual([]);
    expect(scaling(dev)).toMatchObject({ MinCapacity: 0 });
    expect(scaling(prod)).toMatchObject({ MinCapacity: 0.5, MaxCapacity: 32 });
    expect(ofType(prod.templates.data, 'AWS::SecretsManager::RotationSchedule')).toHaveLength(1);
  });

  test('no deployment combines a proxy with a database that pauses', () => {
    for (const environment of ['dev', 'staging', 'prod'] as const) {
      const { proxy, minimumCapacityUnits } = deploymentOf(environment).database;
      expect(proxy && minimumCapacityUnits === 0).toBe(false);
    }
  });

  test('[ARC-4] every bucket is private, encrypted and TLS only; those with content are versioned', () => {
    for (const template of [prod.templates.data, prod.templates.console]) {
      const policies = ofType(template, 'AWS::S3::BucketPolicy').map(([, policy]) => JSON.stringify(policy));
      for (const [id, bucket] of ofType(template, 'AWS::S3::Bucket')) {
        expect(bucket.Properties).toMatchObject({
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            RestrictPublicBuckets: true,
          },
          BucketEncryption: expect.anything(),
        });
        expect(policies.some((policy) => policy.includes(id) && policy.includes('aws:SecureTransport'))).toBe(
          true,
        );
        if (!id.startsWith('AccessLogs')) {
          expect(bucket.Properties).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } });
        }
      }
    }
  });

  test('[AUD-4] application logs stay 30 days and access logs 90', () => {
    for (const { templates } of [dev, prod]) {
      for (const [id, group] of Object.values(templates).flatMap((one) =>
        ofType(one, 'AWS::Logs::LogGroup'),
      )) {
        const days = id.startsWith('ApiAccessLog') ? 90 : 30;
        expect([id, group.Properties?.RetentionInDays]).toEqual([id, days]);
      }
    }
    const buckets = [prod.templates.data, prod.templates.console].flatMap((one) =>
      ofType(one, 'AWS::S3::Bucket'),
    );
    const logs = buckets.filter(([id]) => id.startsWith('AccessLogs'));
    expect(logs).toHaveLength(2);
    for (const [, bucket] of logs) {
      expect(bucket.Properties?.LifecycleConfiguration).toEqual({
        Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }],
      });
    }
  });

  test('[EXP-2] [BKP-1] objects of tenants that nobody removed go after the longest that any is kept, with their parts', () => {
    const longest = Math.max(backupRules.keptDays, exportLimits.keptHours.plain / 24);
    for (const { templates } of [dev, prod]) {
      const files = ofType(templates.data, 'AWS::S3::Bucket').find(([id]) => id.startsWith('TenantFiles'));
      const { Rules: rules } = files?.[1].Properties?.LifecycleConfiguration as {
        Rules: {
          ExpirationInDays?: number;
          NoncurrentVersionExpiration?: { NoncurrentDays: number };
          AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number };
          Status: string;
        }[];
      };
      expect(rules.map(({ Status: status }) => status)).toEqual(['Enabled', 'Enabled']);
      expect(rules.map((rule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation)).toContain(7);
      const days = rules.flatMap((rule) => rule.ExpirationInDays ?? []);
      expect(days).toEqual([longest + 7]);
      expect(rules.flatMap((rule) => rule.NoncurrentVersionExpiration?.NoncurrentDays ?? [])).toEqual([7]);
    }
  });

  test('the console’s files are never removed for their age', () => {
    const files = ofType(prod.templates.console, 'AWS::S3::Bucket').find(([id]) => id.startsWith('Files'));
    expect(files).toBeDefined();
    expect(JSON.stringify(files?.[1].Properties?.LifecycleConfiguration)).not.toContain('ExpirationInDays');
  });

  test('the schema is migrated after the writer exists and before any function that uses it is updated', () => {
    const { data } = dev.templates;
    const trigger = only(data, 'Custom::Trigger');
    const [writer] = ofType(data, 'AWS::RDS::DBInstance')[0] ?? [];
    expect(trigger.DependsOn).toContain(writer);
    const { stacks } = newApp().synth();
    const dataStack = stacks.find(({ stackName }) => stackName.endsWith('-data'));
    for (const name of ['jobs', 'http']) {
      const stack = stacks.find(({ stackName }) => stackName.endsWith(`-${name}`));
      expect(stack?.dependencies.map(({ id }) => id)).toContain(dataStack?.id);
    }
  });

  test('an unknown environment or region is refused with the choices', () => {
    expect(() => deploymentOf('production')).toThrow(/dev, staging, prod/);
    expect(() => regionsOf('us,mars')).toThrow(/no region mars; choose among us, eu, uk/);
    expect(regionsOf(undefined)).toEqual(['us', 'eu', 'uk']);
    expect(regionsOf('uk, us')).toEqual(['us', 'uk']);
  });
});

const dataTypes = [
  'AWS::RDS::DBCluster',
  'AWS::DynamoDB::Table',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::Cognito::UserPool',
  'AWS::SQS::Queue',
];

function dataOf({ templates }: Synthesized, type: string): Resource[] {
  return Object.values(templates).flatMap((template) =>
    ofType(template, type).map(([, resource]) => resource),
  );
}

function scaling({ templates }: Synthesized): unknown {
  return only(templates.data, 'AWS::RDS::DBCluster').Properties?.ServerlessV2ScalingConfiguration;
}

/** Names of properties that hold a secret's plain value. */
function secretsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const secret =
      /password|secretstring$|client_?secret|private_?key/i.test(key) && typeof inner === 'string';
    return secret && !inner.startsWith('{{resolve:') ? [key] : secretsIn(inner);
  });
}
