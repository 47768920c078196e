/** A cell in the second region of its residency: one that follows the first, or one that stands in its place. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type App, Stack } from 'aws-cdk-lib';
import { Cell } from '#lib/cell.ts';
import { type Deployment, deploymentOf } from '#shared/config/deployments.ts';
import type { Region } from '#shared/config/regions.ts';
import { findings } from './findings.ts';
import { built, environmentOf, modules, newApp, ofType, only, type Template } from './synth.ts';

function cellIn(
  app: App,
  region: Region,
  place: { moved: true } | { pair: 'followed' | 'follows' },
  apiDomains: Deployment['apiDomains'] = {},
): Cell {
  const deployment = { ...deploymentOf('prod'), apiDomains };
  return new Cell(app, {
    ...{ region, account: undefined, deployment, bundles: built, modules, console: undefined },
    ...place,
  });
}

function regionsOf(cell: Cell): Set<string> {
  return new Set(cell.node.findAll().flatMap((one) => (Stack.isStack(one) ? [one.region] : [])));
}

test('[BKP-4] all of a cell that moves goes to the second region of its residency', () => {
  expect(regionsOf(cellIn(newApp({ regions: [] }), 'eu', { moved: true }))).toEqual(
    new Set(['eu-central-1']),
  );
});

test('[BKP-4] a residency with one region has no cell elsewhere, and none that follows', () => {
  const app = () => newApp({ regions: [] });
  expect(() => cellIn(app(), 'uk', { moved: true })).toThrow('must not leave eu-west-2');
  expect(() => cellIn(app(), 'uk', { pair: 'followed' })).toThrow('must not leave eu-west-2');
});

describe('a pair of cells', () => {
  const stacks = new Map<string, { region: string; template: Template; needs: string[] }>();
  let found: string[];

  beforeAll(() => {
    const app = newApp({ regions: [] });
    const followed = cellIn(app, 'eu', { pair: 'followed' });
    cellIn(app, 'eu', { pair: 'follows' }).follow(followed);
    found = findings(app);
    for (const stack of app.synth().stacks) {
      stacks.set(stack.stackName.replace('plinth-prod-eu-', ''), {
        region: stack.environment.region,
        template: JSON.parse(readFileSync(stack.templateFullPath, 'utf8')) as Template,
        needs: stack.dependencies.map(({ id }) => id),
      });
    }
  }, 240_000);

  const template = (name: string): Template => {
    const stack = stacks.get(name);
    if (stack === undefined) throw new Error(`there is no stack ${name}`);
    return stack.template;
  };
  const cluster = (name: string) => only(template(name), 'AWS::RDS::DBCluster').Properties ?? {};

  test('[BKP-4] stands in the two regions of one residency, and templates refer to nothing across them', () => {
    const regions = [...stacks].map(([name, { region }]) => [name.startsWith('standby-'), region]);
    expect(new Set(regions.map(String))).toEqual(new Set(['false,eu-west-1', 'true,eu-central-1']));
    expect(found).toEqual([]);
    for (const [name, { template: one }] of stacks) {
      expect([name, Object.keys(one.Resources).length]).toEqual([name, expect.any(Number)]);
      expect(Object.keys(one.Resources).length).toBeLessThan(400);
    }
    // S3 copies only to a bucket that is there.
    expect(stacks.get('data')?.needs.some((id) => id.includes('standbyfiles'))).toBe(true);
    expect(stacks.get('standby-data')?.needs.some((id) => /proddata|prodeudata/.test(id))).toBe(true);
  });

  test('[BKP-4] has one global database; the cluster that follows is encrypted and has no login of its own', () => {
    const global = only(template('data'), 'AWS::RDS::GlobalCluster').Properties;
    expect(global).toMatchObject({ GlobalClusterIdentifier: 'plinth-prod-eu', DeletionProtection: true });
    expect(cluster('data')).not.toHaveProperty('GlobalClusterIdentifier');
    const follows = cluster('standby-data');
    expect(follows).toMatchObject({ GlobalClusterIdentifier: 'plinth-prod-eu', StorageEncrypted: true });
    expect(follows.KmsKeyId).toBeDefined();
    for (const own of ['MasterUsername', 'MasterUserPassword', 'DatabaseName']) {
      expect(follows).not.toHaveProperty(own);
    }
    // Nothing is migrated where nobody may write.
    expect(ofType(template('standby-data'), 'Custom::Trigger')).toEqual([]);
  });

  test('[BKP-4] copies objects with a role of their own, and replicates the secrets that backups and links need', () => {
    const buckets = ofType(template('data'), 'AWS::S3::Bucket').map(([, { Properties = {} }]) => Properties);
    const copied = buckets.filter((one) => one.ReplicationConfiguration !== undefined);
    expect(copied).toHaveLength(1);
    expect(JSON.stringify(copied)).toContain('plinth-prod-eu-standby-files-');
    const target = ofType(template('standby-files'), 'AWS::S3::Bucket').map(
      ([, one]) => one.Properties ?? {},
    );
    expect(target.filter((one) => JSON.stringify(one).includes('-standby-files-'))).toMatchObject([
      { VersioningConfiguration: { Status: 'Enabled' } },
    ]);
    const replicated = ofType(template('data'), 'AWS::SecretsManager::Secret').flatMap(([, one]) =>
      one.Properties?.ReplicaRegions === undefined
        ? []
        : [[one.Properties.Name, one.Properties.ReplicaRegions]],
    );
    expect(replicated).toEqual([
      ['plinth-prod-eu/links', [{ Region: 'eu-central-1' }]],
      ['plinth-prod-eu/backups', [{ Region: 'eu-central-1' }]],
    ]);
  });

  test('[BKP-4] the machine may promote the one cluster that follows, and is only in the second region', () => {
    const machines = [...stacks].filter(([, { template: one }]) =>
      JSON.stringify(one).includes('failover-run'),
    );
    expect(machines.map(([name]) => name)).toEqual(['standby-failover']);
    const statements = ofType(template('standby-failover'), 'AWS::IAM::Policy').flatMap(
      ([, one]) =>
        (one.Properties?.PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] }).Statement,
    );
    const promoting = statements.filter(({ Action: action }) =>
      JSON.stringify(action).includes('rds:Failover'),
    );
    expect(promoting).toHaveLength(1);
    expect(JSON.stringify(promoting[0]?.Resource)).toContain('global-cluster:plinth-prod-eu');
    expect(JSON.stringify(promoting[0]?.Resource)).not.toContain('*');
    const [, worker] = ofType(template('standby-failover'), 'AWS::Lambda::Function')[0] ?? [];
    expect(environmentOf(worker ?? { Type: '' })).toMatchObject({
      FAILOVER_RESIDENCY: 'eu',
      FAILOVER_CELL: 'plinth-prod-eu-standby',
      DATABASE_USER: 'app_restore',
    });
  });

  test('[OPS-1] operators hear of a failover, of one that failed, and of a standby that does not follow', () => {
    const alarms = ofType(template('standby-failover'), 'AWS::CloudWatch::Alarm').map(
      ([, one]) => one.Properties?.AlarmName,
    );
    expect(alarms).toEqual(['plinth-prod-eu-standby-StandbyBehind', 'plinth-prod-eu-standby-FailoverFailed']);
    const [, rule] = ofType(template('standby-failover'), 'AWS::Events::Rule')[0] ?? [];
    expect(rule?.Properties?.EventPattern).toMatchObject({ source: ['aws.states'] });
  });

  test('[BKP-4] every function on a timer asks whether its database only reads', () => {
    const folder = join(import.meta.dirname, '../../functions/schedule');
    for (const file of readdirSync(folder)) {
      expect([file, readFileSync(join(folder, file), 'utf8').includes('handler = timed(')]).toEqual([
        file,
        true,
      ]);
    }
  });

  test('[BKP-4] what runs on a timer knows in the second region that its database may only read', () => {
    const timed = (name: string) =>
      ofType(template(name), 'AWS::Lambda::Function').filter(([, one]) =>
        String(one.Properties?.FunctionName).includes('-schedule-'),
      );
    expect(timed('standby-jobs').length).toBeGreaterThan(3);
    for (const [, one] of timed('standby-jobs')) expect(environmentOf(one).DATABASE_MAY_FOLLOW).toBe('on');
    for (const [, one] of timed('jobs')) expect(environmentOf(one).DATABASE_MAY_FOLLOW).toBeUndefined();
  });
});

test('[BKP-4] both cells answer to one name, each with a certificate of its region, or the second does not', () => {
  const certificateIn = (region: string) => `arn:aws:acm:${region}:000000000000:certificate/1`;
  const own = { name: 'api.plinth.example', certificateArn: certificateIn('eu-west-1') };
  const there = { ...own, standbyCertificateArn: certificateIn('eu-central-1') };
  const domains = [own, there].map((eu) => {
    const app = newApp({ regions: [] });
    cellIn(app, 'eu', { pair: 'follows' }, { eu });
    const templates = app.synth().stacks.map((stack) => stack.template as Template);
    const [worker] = templates.flatMap((one) =>
      ofType(one, 'AWS::Lambda::Function').filter(([, { Properties: p }]) =>
        String(p?.FunctionName).endsWith('standby-failover'),
      ),
    );
    const { FAILOVER_PRIMARY_URL: asked, FAILOVER_PUBLIC_URL: awaited } = environmentOf(
      worker?.[1] ?? { Type: '' },
    );
    const names = templates.flatMap((one) => ofType(one, 'AWS::ApiGateway::DomainName'));
    return [names.map(([, one]) => one.Properties?.RegionalCertificateArn), asked, awaited];
  });
  const url = 'https://api.plinth.example/';
  expect(domains).toEqual([
    [[], url, undefined],
    [[there.standbyCertificateArn], url, url],
  ]);
}, 240_000);

test('[BKP-4] without being asked for nothing follows and nothing is copied', () => {
  const app = newApp();
  const templates = JSON.stringify(app.synth().stacks.map((stack) => stack.template as unknown));
  for (const part of ['AWS::RDS::GlobalCluster', 'ReplicationConfiguration', 'ReplicaRegions']) {
    expect(templates).not.toContain(part);
  }
}, 120_000);
