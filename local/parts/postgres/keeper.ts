/**
 * A small process between us and the PostgreSQL server. It stands in a session of its own, where no Ctrl-C and
 * no `kill -9` of our group reaches it, and shuts the server down when we are gone, however we went: that is
 * when the channel to us closes.
 */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { signalServer } from './leftover.ts';

/** What the keeper is told, as JSON in its first argument. */
export type KeeperOrder = {
  postgres: string;
  pgCtl: string;
  args: string[];
  account?: { uid: number; gid: number };
  env: Record<string, string>;
  logFile: string;
};

/** What the keeper tells. */
export type KeeperReport = { pid: number } | { exited: string };

function keep(order: KeeperOrder): void {
  const log = openSync(order.logFile, 'a', 0o600);
  const { account, env } = order;
  const cwd = process.platform === 'win32' ? process.cwd() : '/';
  const server = spawn(order.postgres, order.args, { ...account, env, cwd, stdio: ['ignore', log, log] });
  const leave = (exited: string) => {
    if (process.connected)
      process.send?.({ exited } satisfies KeeperReport, undefined, undefined, () => process.exit());
    else process.exit();
  };
  server.once('error', (error) => leave(error.message));
  server.once('exit', (code, signal) => leave(signal ?? `code ${code ?? '?'}`));
  const { pid } = server;
  if (pid === undefined) return;
  process.send?.({ pid } satisfies KeeperReport);
  process.once('disconnect', () => {
    signalServer(pid, 'SIGINT', order.pgCtl);
    // A checkpoint that takes this long is skipped: the next start replays the log.
    setTimeout(() => signalServer(pid, 'SIGQUIT', order.pgCtl), 8000);
  });
}

// Terminal and group signals are not for us: only the closed channel ends the server.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
if (process.connected) keep(JSON.parse(process.argv[2] ?? '') as KeeperOrder);
