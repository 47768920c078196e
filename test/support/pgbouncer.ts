/** PgBouncer in transaction mode before a database, where it is installed: connections change hands at COMMIT. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#local/ports.ts';

export type PgBouncer = { port: number; stop(): Promise<void> };

/** What is pooled: a database, the login that may reach it, and how few connections serve everybody. */
export type Pooled = {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  connections: number;
};

/** Where the program is, or undefined. */
export function findPgBouncer(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((file) => existsSync(file));
}

/** Starts it on a free port of loopback, with a folder of its own that `stop` removes. */
export async function startPgBouncer(program: string, pooled: Pooled): Promise<PgBouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-pgbouncer-'));
  const { port } = await freePort(0);
  await writeFile(join(folder, 'users.txt'), `"${pooled.user}" "${pooled.password}"\n`);
  await writeFile(join(folder, 'pgbouncer.ini'), configuration(folder, port, pooled));
  // Like PostgreSQL it refuses to run as root; the same account, which needs no entry, will do.
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (account.uid !== undefined) {
    await chmod(folder, 0o700);
    await chown(folder, account.uid, account.gid);
  }
  const child = spawn(program, ['-q', join(folder, 'pgbouncer.ini')], {
    ...account,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(child, port);
    return { port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(folder: string, port: number, pooled: Pooled): string {
  return `[databases]
${pooled.database} = host=${pooled.host} port=${pooled.port} dbname=${pooled.database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = ${pooled.connections}
`;
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  let said = '';
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`pgbouncer did not start: ${said}`)));
  });
  failed.catch(() => undefined);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await Promise.race([answers(port), failed])) return;
    await sleep(50);
  }
  throw new Error(`pgbouncer does not answer: ${said}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
