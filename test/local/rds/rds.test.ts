/** Copies of the database at a point in time: what they show, what is refused, and what is left of them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeLogOf } from '#local/parts/postgres/change-log.ts';
import { readPostmaster } from '#local/parts/postgres/leftover.ts';
import { identify } from '#local/processes.ts';
import { ask, type Cluster, source, startCluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.rds.ready();
  await ask(cluster.database.adminUrl, 'create table kept (n int primary key)');
});
afterAll(() => cluster.stop());

const home = () => {
  const { copiedFrom } = cluster.database;
  if (copiedFrom === undefined) throw new Error('no log is kept');
  return copiedFrom.home;
};
const rowsOf = async (url: string) =>
  (await ask<{ n: number }>(url, 'select n from kept order by n')).map(({ n }) => n);

/** A moment between what was committed before and what is committed after. */
async function moment(): Promise<string> {
  await sleep(5);
  const now = new Date().toISOString();
  await sleep(5);
  return now;
}

describe('a copy of the cluster', () => {
  test('[BKP-1] rows that were destroyed stand in the copy at the moment before, and the cluster goes on', async () => {
    const { adminUrl } = cluster.database;
    await ask(adminUrl, 'insert into kept select generate_series(1, 1000)');
    const before = await moment();
    await ask(adminUrl, 'delete from kept where n > 3');
    await ask(adminUrl, 'insert into kept values (5000)');
    const url = await cluster.copy('plinth-test-copy-1', { RestoreToTime: before });
    const inCopy = await rowsOf(url);
    expect(inCopy).toHaveLength(1000);
    expect(inCopy).not.toContain(5000);
    expect(await rowsOf(adminUrl)).toEqual([1, 2, 3, 5000]);
    // It is a database of its own: what is written there stays there.
    await ask(url, 'insert into kept values (9000)');
    expect(await rowsOf(adminUrl)).not.toContain(9000);
    expect(cluster.prepared).toEqual([url]);
  });

  test('[BKP-2] the newest moment is what was committed before it was asked for', async () => {
    await ask(cluster.database.adminUrl, 'insert into kept values (6000)');
    const url = await cluster.copy('plinth-test-copy-2', { UseLatestRestorableTime: 'true' });
    expect(await rowsOf(url)).toContain(6000);
    const own = await cluster.call('DescribeDBClusters', { DBClusterIdentifier: source.identifier });
    const ageMs = Date.now() - Date.parse(own.of('LatestRestorableTime') ?? '');
    expect(ageMs).toBeGreaterThanOrEqual(0);
    expect(ageMs).toBeLessThan(900_000);
  });

  test('a copy is deleted without a trace, its server first', async () => {
    const name = 'plinth-test-copy-2';
    const data = join(changeLogOf(home()).copies, name, 'data');
    const pid = readPostmaster(data)?.pid ?? 0;
    expect(identify(pid)).toBeDefined();
    const early = await cluster.call('DeleteDBCluster', {
      DBClusterIdentifier: name,
      SkipFinalSnapshot: 'true',
    });
    expect([early.status, early.of('Code')]).toEqual([400, 'InvalidDBClusterStateFault']);
    await cluster.call('DeleteDBInstance', { DBInstanceIdentifier: `${name}-1` });
    await cluster.call('DeleteDBCluster', { DBClusterIdentifier: name, SkipFinalSnapshot: 'true' });
    const gone = () => cluster.call('DescribeDBClusters', { DBClusterIdentifier: name });
    for (let n = 0; n < 100 && (await gone()).status === 200; n += 1) await sleep(50);
    expect([(await gone()).status, (await gone()).of('Code')]).toEqual([404, 'DBClusterNotFoundFault']);
    expect(identify(pid)).toBeUndefined();
    expect(existsSync(data)).toBe(false);
    expect(readdirSync(join(cluster.state, 'logs')).filter((file) => file.includes(name))).toEqual([]);
  });
});

describe('what is refused', () => {
  const ask1 = (more: Record<string, string>, as?: 'copier') =>
    cluster.call(
      'RestoreDBClusterToPointInTime',
      {
        DBClusterIdentifier: 'plinth-test-copy-9',
        SourceDBClusterIdentifier: source.identifier,
        DBSubnetGroupName: 'database',
        ...more,
      },
      as,
    );

  test('a moment before the oldest backup, and one that has not come', async () => {
    const early = await ask1({ RestoreToTime: '2020-01-01T00:00:00Z' });
    expect([early.status, early.of('Code')]).toEqual([400, 'InvalidParameterValue']);
    const late = await ask1({ RestoreToTime: new Date(Date.now() + 60_000).toISOString() });
    expect([late.status, late.of('Code')]).toEqual([400, 'InvalidParameterValue']);
    const neither = await ask1({});
    expect([neither.status, neither.of('Code')]).toEqual([400, 'InvalidParameterCombination']);
  });

  test('a parameter and an action that are not known, and the deletion of the cluster itself', async () => {
    const odd = await ask1({ UseLatestRestorableTime: 'true', BacktrackWindow: '60' });
    expect([odd.status, odd.of('Code')]).toEqual([400, 'InvalidParameterValue']);
    const unknown = await cluster.call('RebootDBCluster', { DBClusterIdentifier: source.identifier });
    expect([unknown.status, unknown.of('Code')]).toEqual([501, 'NotImplemented']);
    const own = await cluster.call('DeleteDBCluster', {
      ...{ DBClusterIdentifier: source.identifier, SkipFinalSnapshot: 'true' },
    });
    expect([own.status, own.of('Code')]).toEqual([400, 'InvalidDBClusterStateFault']);
  });

  test('[ARC-2] a role makes and deletes copies of the name it was granted, and no other cluster', async () => {
    const other = await ask1({ UseLatestRestorableTime: 'true', DBClusterIdentifier: 'elsewhere' }, 'copier');
    expect([other.status, other.of('Code')]).toEqual([403, 'AccessDenied']);
    expect(other.of('Message')).toContain('rds:RestoreDBClusterToPointInTime on resource');
    const own = { DBClusterIdentifier: source.identifier, SkipFinalSnapshot: 'true' };
    expect((await cluster.call('DeleteDBCluster', own, 'copier')).status).toBe(403);
    const tags = { 'Tags.Tag.1.Key': 'a', 'Tags.Tag.1.Value': 'b' };
    const tagged = await ask1({ UseLatestRestorableTime: 'true', ...tags }, 'copier');
    expect(tagged.of('Message')).toContain('rds:AddTagsToResource');
    expect((await ask1({ UseLatestRestorableTime: 'true' }, 'copier')).status).toBe(200);
  });
});
