/** Copies of the cluster as the kernel asks for them, from an RDS that makes them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CopyAddress,
  copyNameOf,
  logWindow,
  makeCopy,
  OutsideLog,
  removeCopy,
} from '#shared/archive/cluster-copy.ts';
import { readXml } from '#shared/config/aws/xml.ts';
import { ask, type Cluster, source, startCluster } from '#test/local/rds/cluster.ts';

let cluster: Cluster;
const restore = '0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11';

beforeAll(async () => {
  cluster = await startCluster();
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'LOCALCOPIER',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: cluster.front.url,
    DATABASE_CLUSTER: source.identifier,
    DATABASE_COPY_PREFIX: `${source.identifier}-copy-`,
  });
});
afterAll(() => cluster.stop());

async function until<T>(work: () => Promise<T | undefined | false>): Promise<T> {
  for (let n = 0; n < 600; n += 1) {
    const found = await work();
    if (found !== undefined && found !== false) return found;
    await sleep(50);
  }
  throw new Error(cluster.lines.join('\n'));
}

test('[BKP-1] before there is a backup there is nothing to go back to', async () => {
  const fresh = logWindow();
  await expect(fresh).rejects.toThrow(OutsideLog);
  await cluster.rds.ready();
  const { earliest, latest } = await logWindow();
  expect(earliest.getTime()).toBeLessThanOrEqual(latest.getTime());
  // RPO: what was committed a quarter of an hour ago can be had back (BKP-2).
  expect(Date.now() - latest.getTime()).toBeLessThan(900_000);
});

test('[BKP-2] a copy is made step by step, by a role that may make copies only, and deleted whole', async () => {
  await ask(cluster.database.adminUrl, 'create table kept as select 1 as n');
  await sleep(5);
  const at = new Date();
  await sleep(5);
  await ask(cluster.database.adminUrl, 'drop table kept');
  const name = copyNameOf(restore);
  const address = await until<CopyAddress>(() => makeCopy(name, at));
  const url = new URL(cluster.database.adminUrl);
  url.hostname = address.host;
  url.port = String(address.port);
  expect(await ask(url.href, 'select n from kept')).toEqual([{ n: 1 }]);
  // Asked again it is the same copy.
  expect(await makeCopy(name, at)).toEqual(address);
  await until(() => removeCopy(name));
  expect(await removeCopy(name)).toBe(true);
  const left = await cluster.call('DescribeDBClusters', {});
  expect(left.xml).not.toContain(name);
});

test('[BKP-2] a moment that the log does not reach is refused before anything is made', async () => {
  const name = copyNameOf('0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d12');
  for (const at of [new Date('2020-01-01'), new Date(Date.now() + 60_000)]) {
    await expect(makeCopy(name, at)).rejects.toThrow(OutsideLog);
  }
  expect(await removeCopy(name)).toBe(true);
});

test('answers of AWS are read whole, and refused when they are cut off', () => {
  const read = readXml(
    '<?xml version="1.0"?>\n<a xmlns="x"><b>1 &lt; 2 &#65;</b><b/><c><b>3</b></c></a>',
  ).child('a');
  expect(read.children('b').map(({ text }) => text)).toEqual(['1 < 2 A', '']);
  expect(read.child('c').child('b').text).toBe('3');
  expect(read.child('nothing').child('here').text).toBe('');
  expect(() => readXml('<a><b></a>')).toThrow(/closes a inside of b/);
  expect(() => readXml('<a>')).toThrow(/cut off/);
});
