/** The bill of a cell follows its resources; what has no price is named. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { idleMonth } from '../../bin/cost/idle.ts';
import { costOf, totalOf } from '../../bin/cost/prices.ts';
import { gauges, metricsInUse, millionRequests, tracedShare } from '../../bin/cost/requests.ts';
import type { Resource } from '../../bin/cost/template.ts';

const cluster = (minimum: number): Resource => ({
  Type: 'AWS::RDS::DBCluster',
  Properties: { ServerlessV2ScalingConfiguration: { MinCapacity: minimum } },
});
const instance: Resource = { Type: 'AWS::RDS::DBInstance' };
const every = (rate: string): Resource => ({
  Type: 'AWS::Events::Rule',
  Properties: { ScheduleExpression: `rate(${rate})` },
});
const costs = (resources: Record<string, Resource>, what: string) =>
  totalOf(idleMonth({ cluster: cluster(0.5), ...resources }).filter((line) => line.what === what));

describe('an idle month', () => {
  test('has a line for each thing with a standing charge', () => {
    const nat = { Type: 'AWS::EC2::NatGateway' };
    expect(costs({ one: nat, two: nat }, 'NAT gateways')).toBeCloseTo(65.7);
    expect(costs({ secret: { Type: 'AWS::SecretsManager::Secret' } }, 'Secrets')).toBeCloseTo(0.4);
    expect(costs({ proxy: { Type: 'AWS::RDS::DBProxy' } }, 'Database proxy')).toBeCloseTo(87.6);
    const acl = { Type: 'AWS::WAFv2::WebACL', Properties: { Rules: [{}, {}, {}] } };
    expect(costs({ acl }, 'Firewall rules')).toBeCloseTo(3);
  });

  test('has every instance of the database at its least capacity', () => {
    expect(costs({ writer: instance, standby: instance }, 'Database instances')).toBeCloseTo(87.6);
  });

  test('has a database that may pause awake for five minutes after each scheduled run', () => {
    const paused = (rate: string) =>
      costs({ cluster: cluster(0), writer: instance, sweep: every(rate) }, 'Database instances');
    expect(paused('1 minute')).toBeCloseTo(43.8);
    expect(paused('10 minutes')).toBeCloseTo(21.9);
    expect(paused('1 hour')).toBeCloseTo(3.65);
  });

  test('has each metric that an alarm reads', () => {
    const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: {} };
    const metrics = [{ Expression: 'a / b' }, { MetricStat: {} }, { MetricStat: {} }];
    expect(costs({ alarm }, 'Alarms')).toBeCloseTo(0.1);
    expect(costs({ alarm: { ...alarm, Properties: { Metrics: metrics } } }, 'Alarms')).toBeCloseTo(0.2);
  });

  test('is refused for a type that is neither priced nor free, and for an interface endpoint', () => {
    expect(() => idleMonth({ one: { Type: 'AWS::EKS::Cluster' } })).toThrow(
      'AWS::EKS::Cluster has no price: add it to bin/cost/idle.ts',
    );
    const endpoint = { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface' } };
    expect(() => idleMonth({ endpoint })).toThrow('has no price yet');
  });
});

describe('a million requests', () => {
  const fn = (name: string, memory: number): Resource => ({
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: name, MemorySize: memory },
  });
  const functions = {
    http: fn('plinth-x-http-a', 1_024),
    queue: fn('plinth-x-queue-a', 512),
    counter: fn('plinth-x-trigger-metrics', 512),
  };

  test('cost more when they write, and more when they queue work', () => {
    const [read, write, work] = (['read', 'write', 'write that queues a job'] as const).map((kind) =>
      totalOf(millionRequests(kind, functions)),
    );
    expect(read).toBeLessThan(write ?? 0);
    expect(write).toBeLessThan(work ?? 0);
  });

  test('are computed with the memory of the template, which must be one', () => {
    const [line] = millionRequests('read', functions).filter(({ price }) => price === 'functionSecond');
    expect(line).toMatchObject({ what: 'Function, 40 ms at 1 GB', units: 40_000 });
    expect(() => millionRequests('read', { ...functions, other: fn('plinth-x-http-b', 256) })).toThrow(
      'no one memory size',
    );
  });

  test('are traced each when they are rare, and one in twenty when they are many', () => {
    expect(tracedShare(0.4)).toBe(1);
    expect(tracedShare(50)).toBeCloseTo(0.069);
  });

  test('feed five metrics for each route, one for each operation, and every gauge that the code has', () => {
    expect(metricsInUse(20).map(costOf)).toEqual([30, 6, expect.closeTo(0.3 * gauges.length)]);
    const sources = ['functions', 'shared'].flatMap((folder) =>
      globSync(`${folder}/**/*.ts`, { cwd: join(import.meta.dirname, '../..') }),
    );
    const written = sources.flatMap((path) => {
      const text = readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
      return [...text.matchAll(/gaugeMetric\('(\w+)'/g)].map(([, name = '']) => name);
    });
    expect([...new Set(written)].toSorted()).toEqual([...gauges].toSorted());
  });

  test('are counted for their tenants, one by one at worst', () => {
    const counting = millionRequests('read', functions).filter(({ what }) => what.startsWith('Figures of'));
    // 0.20 for invocations, 0.33 for their time, 0.50 for their lines and 1.00 for the database.
    expect(totalOf(counting)).toBeCloseTo(2.03, 1);
  });
});
