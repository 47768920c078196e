/** Who may reach the embedded PostgreSQL, where it stands, and what replaces it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { elsewhere, removeElsewhere } from '#local/parts/postgres/home.ts';
import { startEmbedded, startPostgres } from '#local/parts/postgres/postgres.ts';
import { freePort } from '#local/ports.ts';
import { testPostgres } from '#test/support/postgres.ts';

let state: string;
const lines: string[] = [];
beforeEach(async () => {
  lines.length = 0;
  state = await mkdtemp(join(tmpdir(), 'plinth-postgres-'));
});
afterEach(async () => {
  await removeElsewhere(state);
  await rm(state, { recursive: true, force: true });
});

const start = (port = 0, folder = state) =>
  startEmbedded({ state: folder, port, log: (line) => void lines.push(line) });

async function show(url: string, setting: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [setting]);
    return rows[0]?.value;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  test('wants its random password from everybody, over loopback only, and is durable', async () => {
    const server = await start();
    const wrong = server.adminUrl.replace(server.adminPassword, 'guessed');
    await expect(show(wrong, 'port')).rejects.toThrow(/password authentication failed/);
    expect(await show(server.adminUrl, 'listen_addresses')).toBe('127.0.0.1');
    expect(await show(server.adminUrl, 'unix_socket_directories')).toBe('');
    expect(await show(server.adminUrl, 'password_encryption')).toBe('scram-sha-256');
    expect(await show(server.adminUrl, 'fsync')).toBe('on');
    expect(await show(server.adminUrl, 'server_version')).toMatch(/^18\./);
    expect(statSync(join(state, 'postgres', 'admin-password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, 'logs', 'postgres.log')).size).toBeGreaterThan(0);
    await server.stop();
  });

  test('a taken port is not fought for: the next free one is used, and said', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    const server = await start(port);
    expect(server.port).not.toBe(port);
    expect(lines).toEqual([`Port ${port} is in use; PostgreSQL listens on ${server.port}.`]);
    await server.stop();
    squatter.close();
  });

  test('a lost password is a plain error, not an empty database', async () => {
    await (await start()).stop();
    rmSync(join(state, 'postgres', 'admin-password'));
    await expect(start()).rejects.toThrow(/admin-password is missing.*npm run reset/);
  });

  test('a server that does not come up is reported with the end of its log', async () => {
    const broken = { state, port: 0, log: () => undefined, settings: { shared_buffers: 'plenty' } };
    await expect(startEmbedded(broken)).rejects.toThrow(/PostgreSQL did not start .*\n.*shared_buffers/s);
  });

  test('DATABASE_URL replaces it, and stopping leaves that server alone', async () => {
    const database = await (await testPostgres()).createDatabase();
    process.env.DATABASE_URL = database.url;
    try {
      const external = await startPostgres({ state, port: 0, log: () => undefined });
      const { url: adminUrl, host, port, database: name } = database;
      expect(external).toMatchObject({ external: true, adminUrl, host, port, database: name });
      await external.stop();
      expect(await show(database.url, 'port')).toBe(String(port));
      expect(existsSync(join(state, 'postgres'))).toBe(false);
      process.env.DATABASE_URL = `postgresql://nobody@127.0.0.1:${(await freePort(0)).port}/none`;
      const refused = startPostgres({ state, port: 0, log: () => undefined });
      await expect(refused).rejects.toThrow(
        /DATABASE_URL is set, but its server cannot be used: .*ECONNREFUSED/,
      );
    } finally {
      delete process.env.DATABASE_URL;
      await database.drop();
    }
  });
});

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;
asRoot('run by root below a private folder', () => {
  const privateState = () => {
    chmodSync(state, 0o700);
    const folder = join(state, 'project', '.plinth');
    mkdirSync(join(state, 'project'), { mode: 0o700 });
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  };

  test('the data stands in a private folder of the server account, is found again, and can be removed', async () => {
    const folder = privateState();
    const place = elsewhere(folder);
    const first = await start(0, folder);
    await first.stop();
    expect(statSync(place).mode & 0o777).toBe(0o700);
    expect(statSync(place).uid).not.toBe(0);
    const second = await start(0, folder);
    await second.stop();
    expect(second.adminPassword).toBe(first.adminPassword);
    expect(await removeElsewhere(folder)).toBe(place);
    expect(existsSync(place)).toBe(false);
  });

  test('a folder that everybody may enter is not used, and not touched', async () => {
    const folder = privateState();
    const place = elsewhere(folder);
    mkdirSync(place);
    chmodSync(place, 0o777);
    try {
      await expect(start(0, folder)).rejects.toThrow(/is not a private folder of ours/);
      expect(existsSync(place)).toBe(true);
    } finally {
      rmSync(place, { recursive: true });
    }
  });

  test('data whose state folder was removed by hand is not mistaken for the new state', async () => {
    const folder = privateState();
    const first = await start(0, folder);
    await first.stop();
    rmSync(folder, { recursive: true });
    mkdirSync(folder, { mode: 0o700 });
    const second = await start(0, folder);
    expect(second.adminPassword).not.toBe(first.adminPassword);
    await second.stop();
    await removeElsewhere(folder);
  });
});
