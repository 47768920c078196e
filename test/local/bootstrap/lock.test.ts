/** One stack per state folder, and what `npm run reset` refuses to do. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireStateLock, StateLockedError } from '#local/lock.ts';
import { elsewhere } from '#local/parts/postgres/home.ts';
import { startEmbedded } from '#local/parts/postgres/postgres.ts';
import { freePort } from '#local/ports.ts';
import { resetState } from '#local/reset-state.ts';

let state: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'plinth-lock-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(state, { recursive: true, force: true });
});

async function launch(program: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), state, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('the state lock', () => {
  test('a second stack on the folder is refused at once, by process id and with a way out', async () => {
    const holder = await launch('lock-holder.ts');
    const startedMs = Date.now();
    const second = acquireStateLock(state);
    await expect(second).rejects.toThrow(StateLockedError);
    await expect(second).rejects.toThrow(
      `Plinth is already running (process ${holder.pid ?? 0}) on the state folder ${state}. Stop it, or set PLINTH_STATE to another folder.`,
    );
    expect(Date.now() - startedMs).toBeLessThan(2000);
  });

  test('a holder that was killed leaves nothing stale', async () => {
    const holder = await launch('lock-holder.ts');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (await acquireStateLock(state)).stop();
  });

  test('a pid file alone, however alive its process, locks nothing', async () => {
    writeFileSync(join(state, 'main.pid'), JSON.stringify({ self: { pid: process.pid }, startedBy: [] }));
    await (await acquireStateLock(state)).stop();
  });

  test('a holder whose launcher was killed is waited for', async () => {
    const launcher = await launch('launcher.ts', '800');
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    await (await acquireStateLock(state)).stop();
  });

  test('an orphan that does not stop is not waited for for ever', async () => {
    const launcher = await launch('launcher.ts', '3000');
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    await expect(acquireStateLock(state, 500)).rejects.toThrow(StateLockedError);
    await (await acquireStateLock(state)).stop();
  });

  test('once released it can be taken again', async () => {
    await (await acquireStateLock(state)).stop();
    const again = await acquireStateLock(state);
    await again.stop();
    await again.stop();
  });
});

describe('reset', () => {
  test('refuses while a stack runs on the folder, and removes nothing', async () => {
    await launch('lock-holder.ts');
    mkdirSync(join(state, 'part'));
    await expect(resetState(state)).rejects.toThrow(/already running/);
    expect(existsSync(join(state, 'part'))).toBe(true);
  });

  test('removes the state folder, the database included, and says so', async () => {
    const lock = await acquireStateLock(state);
    await (await startEmbedded({ state, port: 0, log: () => undefined })).stop();
    await lock.stop();
    expect(await resetState(state)).toEqual([state]);
    expect(existsSync(state)).toBe(false);
    expect(await resetState(state)).toEqual([]);
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('removes a database that stands outside the state folder as well', async () => {
    const folder = join(state, '.plinth');
    const lock = await acquireStateLock(folder);
    await (await startEmbedded({ state: folder, port: 0, log: () => undefined })).stop();
    await lock.stop();
    const place = elsewhere(folder);
    expect(existsSync(place)).toBe(true);
    expect(await resetState(folder)).toEqual([folder, place]);
    expect(existsSync(place)).toBe(false);
  });

  test('stops a database that outlived its stack before removing it', async () => {
    const lock = await acquireStateLock(state);
    const server = await startEmbedded({ state, port: 0, log: () => undefined });
    await lock.stop();
    expect(await resetState(state)).toEqual([state]);
    expect(existsSync(state)).toBe(false);
    await server.stop();
  });

  test('a folder that never was a state folder is left alone', async () => {
    writeFileSync(join(state, 'thesis.txt'), 'ten years of work');
    await expect(resetState(state)).rejects.toThrow(/does not look like a state folder/);
    expect(existsSync(join(state, 'thesis.txt'))).toBe(true);
  });
});

describe('free ports', () => {
  const hosts = ['127.0.0.1', '::1'];
  test.each(hosts)('a port that is taken on %s is passed over', async (host) => {
    const squatter = createServer().listen(0, host);
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    const found = await freePort(port);
    expect(found.taken).toBe(true);
    expect(found.port).toBeGreaterThan(port);
    squatter.close();
  });

  test('any port is one that no outgoing connection is given before it is listened on', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort(0)));
    expect(Math.max(...ports.map(({ port }) => port))).toBeLessThan(32_768);
  });

  test('a port that is free is kept', async () => {
    const { port } = await freePort(0);
    expect(await freePort(port)).toEqual({ port, taken: false });
  });
});
