/** A database that follows another one, through the RDS API: it is promoted, and nothing that it had is lost. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { parametersOf } from '#local/parts/rds/parameters.ts';
import { globalActions } from '#local/parts/rds/global.ts';
import { isFollowing } from '#local/parts/postgres/follower.ts';
import { removeElsewhere } from '#local/parts/postgres/home.ts';
import { type Postgres, startEmbedded } from '#local/parts/postgres/postgres.ts';
import { ask } from './cluster.ts';

const global = {
  identifier: 'plinth-test',
  followedArn: 'arn:aws:rds:us-east-1:000000000000:cluster:plinth-test',
  ownArn: 'arn:aws:rds:us-west-2:000000000000:cluster:plinth-test-standby',
};

const stopping: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of stopping.splice(0).reverse()) await step();
});

async function server(follows?: Postgres): Promise<Postgres> {
  const state = await mkdtemp(join(tmpdir(), 'plinth-global-'));
  stopping.push(async () => {
    await removeElsewhere(state);
    await rm(state, { recursive: true, force: true });
  });
  const database = await startEmbedded({ state, port: 0, log: () => undefined, keepsLog: true, follows });
  stopping.push(() => database.stop());
  return database;
}

async function pair() {
  const followed = await server();
  await ask(followed.adminUrl, 'create table kept (n integer primary key)');
  await ask(followed.adminUrl, 'insert into kept values (0)');
  const database = await server(followed);
  const prepared: string[] = [];
  const actions = globalActions({
    ...{ global, engine: 'aurora-postgresql', database, followed, log: () => undefined },
    prepare: async (adminUrl) => void prepared.push(adminUrl),
  });
  const call = async (action: string, more: Record<string, string> = {}) => {
    const found = actions[action];
    if (found === undefined) throw new Error(`there is no ${action}`);
    const body = { GlobalClusterIdentifier: global.identifier, ...more };
    return found.act(parametersOf(action, body, found.known));
  };
  const target = { TargetDbClusterIdentifier: global.ownArn };
  const writerIs = async (arn: string) =>
    JSON.stringify(await call('DescribeGlobalClusters')).includes(`{"DBClusterArn":"${arn}","IsWriter":true`);
  const settled = async () => {
    for (let n = 0; n < 200; n += 1) {
      if (JSON.stringify(await call('DescribeGlobalClusters')).includes('"Status":"available"')) return;
      await sleep(50);
    }
  };
  return { followed, database, prepared, call, target, writerIs, settled };
}

const rowsOf = async ({ adminUrl }: Postgres) =>
  (await ask<{ n: number }>(adminUrl, 'select n from kept order by n')).map(({ n }) => n);

test('[BKP-4] a switchover loses nothing, down to the last row that was committed', async () => {
  const { followed, database, prepared, call, target, writerIs, settled } = await pair();
  expect(await writerIs(global.followedArn)).toBe(true);
  expect(await isFollowing(database.adminUrl)).toBe(true);
  await expect(ask(database.adminUrl, 'insert into kept values (99)')).rejects.toThrow('read-only');
  await ask(followed.adminUrl, 'insert into kept select generate_series(1, 1000)');
  await call('SwitchoverGlobalCluster', target);
  await settled();
  expect(await writerIs(global.ownArn)).toBe(true);
  expect(await rowsOf(database)).toHaveLength(1_001);
  await ask(database.adminUrl, 'insert into kept values (1001)');
  expect(prepared).toEqual([database.adminUrl]);
  await expect(ask(followed.adminUrl, 'select 1')).rejects.toThrow();
  await expect(call('SwitchoverGlobalCluster', target)).rejects.toMatchObject({
    code: 'InvalidGlobalClusterStateFault',
  });
}, 60_000);

test('[BKP-4] a failover needs nothing of the one that is gone; a switchover to it is refused', async () => {
  const { followed, database, call, target, writerIs, settled } = await pair();
  await expect(call('FailoverGlobalCluster', target)).rejects.toThrow('AllowDataLoss');
  const elsewhere = { TargetDbClusterIdentifier: global.followedArn };
  await expect(call('SwitchoverGlobalCluster', elsewhere)).rejects.toThrow('no cluster that follows');
  await followed.stop();
  await expect(call('SwitchoverGlobalCluster', target)).rejects.toThrow('does not answer');
  await call('FailoverGlobalCluster', { ...target, AllowDataLoss: 'true' });
  await settled();
  expect(await writerIs(global.ownArn)).toBe(true);
  expect(await rowsOf(database)).toEqual([0]);
  await ask(database.adminUrl, 'insert into kept values (1)');
}, 60_000);
