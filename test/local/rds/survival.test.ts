/** What a killed laptop leaves of a copy: nothing that runs, and everything that was asked for at the next start. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { elsewhere, removeElsewhere } from '#local/parts/postgres/home.ts';
import { readPostmaster } from '#local/parts/postgres/leftover.ts';
import { identify } from '#local/processes.ts';
import { existsSync } from 'node:fs';
import { startCluster } from './cluster.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'plinth-copies-'));
});
afterEach(async () => {
  await removeElsewhere(state);
  await rm(state, { recursive: true, force: true });
});

test('kill -9: no server of a copy runs on, and the next start takes up what was asked for', async () => {
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), state], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const inState = join(state, 'postgres', 'copies');
  const copies = existsSync(inState) ? inState : join(elsewhere(state), 'copies');
  const pid = readPostmaster(join(copies, 'plinth-test-copy-1', 'data'))?.pid ?? 0;
  expect(identify(pid)).toBeDefined();
  holder.kill('SIGKILL');
  for (let n = 0; n < 100 && identify(pid) !== undefined; n += 1) await sleep(50);
  expect(identify(pid)).toBeUndefined();

  const cluster = await startCluster(state);
  const status = async (action: string, parameter: string, name: string, element: string) =>
    (await cluster.call(action, { [parameter]: name })).of(element);
  const all = async () => [
    await status('DescribeDBInstances', 'DBInstanceIdentifier', 'plinth-test-copy-1-1', 'DBInstanceStatus'),
    await status('DescribeDBClusters', 'DBClusterIdentifier', 'plinth-test-copy-2', 'Status'),
  ];
  const deadline = Date.now() + 30_000;
  while ((await all()).join() !== 'available,available' && Date.now() < deadline) await sleep(100);
  expect(await all()).toEqual(['available', 'available']);
  await cluster.stop({ keepState: true });
});
