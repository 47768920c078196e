/** What a killed laptop loses (nothing that was committed) and leaves behind (nothing that runs). */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { readPostmaster } from '#local/parts/postgres/leftover.ts';
import { startEmbedded } from '#local/parts/postgres/postgres.ts';
import { identify } from '#local/processes.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'plinth-survival-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

const start = (port = 0) => startEmbedded({ state, port, log: () => undefined });

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Starts the server in a program of its own. */
async function startHolder() {
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), state], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(holder.stdout, 'data')) as [Buffer];
  const server = readPostmaster(join(state, 'postgres', 'data'));
  return { holder, url: line.toString().trim(), serverPid: server?.pid ?? 0 };
}

async function goneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (identify(pid) !== undefined && Date.now() < deadline) await sleep(50);
  return identify(pid) === undefined;
}

function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
}

describe('the embedded PostgreSQL', () => {
  test('data and password survive a stop and a start', async () => {
    const first = await start();
    await query(first.adminUrl, 'create table kept as select 42 as x');
    await first.stop();
    const second = await start();
    expect(second.adminPassword).toBe(first.adminPassword);
    expect(await query(second.adminUrl, 'select x from kept')).toEqual([{ x: 42 }]);
    await second.stop();
  });

  test('kill -9 of its parent: the server ends by itself within seconds and keeps every committed row', async () => {
    const { holder, url, serverPid } = await startHolder();
    await query(url, 'create table kept (x int)');
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    let committed = 0;
    const writing = (async () => {
      for (;;) {
        await client.query('insert into kept values (1)');
        committed += 1;
      }
    })().catch(() => undefined);
    await sleep(300);
    holder.kill('SIGKILL');
    expect(await goneWithin(serverPid, 5000)).toBe(true);
    await writing;
    await client.end().catch(() => undefined);
    const again = await start();
    const [row] = (await query(again.adminUrl, 'select count(*)::int as n from kept')) as [{ n: number }];
    expect(committed).toBeGreaterThan(0);
    expect(row.n).toBeGreaterThanOrEqual(committed);
    await again.stop();
  });

  test('kill -9 of its parent: a start at the same instant succeeds within 10 s', async () => {
    const { holder, url } = await startHolder();
    await query(url, 'create table kept as select 7 as x');
    holder.kill('SIGKILL');
    const startedMs = Date.now();
    const again = await start();
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    expect(await query(again.adminUrl, 'select x from kept')).toEqual([{ x: 7 }]);
    await again.stop();
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('a server that lost its keeper as well is stopped by the next start', async () => {
    const { holder, url, serverPid } = await startHolder();
    await query(url, 'create table kept as select 7 as x');
    const keeper = parentOf(serverPid);
    process.kill(keeper, 'SIGKILL');
    holder.kill('SIGKILL');
    await sleep(300);
    expect(identify(serverPid)).toBeDefined();
    const startedMs = Date.now();
    const again = await start();
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    expect(identify(serverPid)).toBeUndefined();
    expect(await query(again.adminUrl, 'select x from kept')).toEqual([{ x: 7 }]);
    await again.stop();
  });

  onLinux(
    'a recorded process id that belongs to another program by now neither blocks a start nor is signalled',
    async () => {
      await (await start()).stop();
      const stranger = spawn('sleep', ['60']);
      writeFileSync(join(state, 'postgres', 'data', 'postmaster.pid'), `${stranger.pid ?? 0}\n`);
      const again = await start();
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
      await again.stop();
      stranger.kill();
    },
  );

  test('a creation that was killed half-way is repeated, and its rest removed', async () => {
    const folder = join(state, 'postgres');
    mkdirSync(join(folder, 'init-0123456789ab', 'data'), { recursive: true });
    const server = await start();
    expect(readdirSync(folder).sort()).toEqual(['admin-password', 'data']);
    await server.stop();
  });
});
