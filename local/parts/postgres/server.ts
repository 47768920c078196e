/**
 * Starts one PostgreSQL server on a data folder and stops it again; see keeper.ts for what happens when we die.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '#local/parts/contract.ts';
import type { Binaries } from './binaries.ts';
import type { Home } from './home.ts';
import type { KeeperOrder, KeeperReport } from './keeper.ts';
import { readPostmaster } from './leftover.ts';

export type ServerOptions = {
  home: Home;
  binaries: Binaries;
  port: number;
  settings: Record<string, string>;
  logFile: string;
  /** Called when the server ends without having been told to. */
  onLost: (how: string) => void;
  /** How long it may take until it accepts connections; one that reads a log first takes longer. */
  readyWithinMs?: number;
};

/** Resolves when the server accepts connections; rejects with the end of its log when it does not come up. */
export async function startServer(options: ServerOptions): Promise<Running> {
  const keeper = forkKeeper(options);
  let pid: number | undefined;
  let exited: string | undefined;
  let stopping = false;
  keeper.on('message', (report: KeeperReport) => {
    if ('pid' in report) pid = report.pid;
    else exited = report.exited;
  });
  keeper.once('exit', () => {
    exited ??= 'its keeper was killed';
    if (!stopping) options.onLost(exited);
  });
  const stop = async () => {
    stopping = true;
    const gone = keeper.exitCode !== null || keeper.signalCode !== null ? undefined : once(keeper, 'exit');
    keeper.ref();
    if (keeper.connected) keeper.disconnect();
    await gone;
  };
  const deadline = Date.now() + (options.readyWithinMs ?? 30_000);
  for (;;) {
    const postmaster = readPostmaster(options.home.data);
    if (pid !== undefined && postmaster?.pid === pid && postmaster.ready) break;
    if (exited !== undefined || Date.now() > deadline) {
      stopping = true;
      await stop();
      throw new Error(
        `PostgreSQL did not start (${exited ?? 'it took too long'}):\n${endOfLog(options.logFile)}`,
      );
    }
    await sleep(10);
  }
  // The caller's own work keeps it alive, not its database.
  keeper.unref();
  keeper.channel?.unref();
  return { stop };
}

/** No PG* variable of the user's shell may reach the server, and messages stay in English. */
export function serverEnvironment(): Record<string, string> {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...(Object.fromEntries(kept) as Record<string, string>), LC_ALL: 'C' };
}

function forkKeeper({ home, binaries, port, settings, logFile }: ServerOptions): ChildProcess {
  const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const order: KeeperOrder = {
    postgres: binaries.postgres,
    pgCtl: binaries.pgCtl,
    args: ['-D', home.data, ...flags],
    ...(home.account === undefined ? {} : { account: home.account }),
    env: serverEnvironment(),
    logFile,
  };
  return fork(join(import.meta.dirname, 'keeper.ts'), [JSON.stringify(order)], {
    detached: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: serverEnvironment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

function endOfLog(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
