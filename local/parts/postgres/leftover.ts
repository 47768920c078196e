/**
 * Ends a PostgreSQL server that outlived the program that started it: it holds the port and the data folder,
 * and the next start would fail on either.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify } from '#local/processes.ts';

/** Resolves when no server runs on the data folder any more; its transactions are safe in the log. */
export async function stopLeftover(data: string, pgCtl: string): Promise<void> {
  const pid = readPid(data);
  const startedMs = Date.now();
  let sent: string | undefined;
  for (;;) {
    const left = serversOn(data, pid);
    if (left.length === 0) break;
    const waitedMs = Date.now() - startedMs;
    if (waitedMs > 10_000)
      throw new Error(`PostgreSQL (process ${left.join(', ')}) still runs on ${data} and does not stop.`);
    // First a fast shutdown; then one without a checkpoint, which costs nothing but a recovery.
    const signal = waitedMs < 5000 ? 'SIGINT' : 'SIGQUIT';
    if (pid !== undefined && left.includes(pid) && sent !== signal) signalServer(pid, signal, pgCtl);
    sent = signal;
    await sleep(50);
  }
  // The recorded id may belong to a zombie or to another program by now, and the server would take it for itself.
  rmSync(join(data, 'postmaster.pid'), { force: true });
}

/** SIGINT: fast shutdown. SIGQUIT: immediate shutdown. Windows knows no signals; pg_ctl does it there. */
export function signalServer(pid: number, signal: 'SIGINT' | 'SIGQUIT', pgCtl: string): void {
  try {
    if (process.platform === 'win32') execFileSync(pgCtl, ['kill', signal.slice(3), String(pid)]);
    else process.kill(pid, signal);
  } catch (error) {
    if (identify(pid) !== undefined) throw error;
  }
}

/** Process id in postmaster.pid, and whether that server accepts connections yet. */
export function readPostmaster(data: string): { pid: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    // No file: no server was started, or it ended in order.
    return undefined;
  }
}

function readPid(data: string): number | undefined {
  return readPostmaster(data)?.pid;
}

/** Every process of a server stands in its data folder, so backends that lost their server are found as well. */
function serversOn(data: string, pid: number | undefined): number[] {
  if (process.platform !== 'linux') return pid !== undefined && isPostgres(pid) ? [pid] : [];
  const folder = realpathIfAny(data);
  return readdirSync('/proc')
    .map(Number)
    .filter((id) => Number.isInteger(id) && id > 0 && standsIn(id, folder));
}

function standsIn(pid: number, folder: string): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/cwd`) === folder &&
      readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres'
    );
  } catch {
    // It ended meanwhile, or is somebody else's.
    return false;
  }
}

function realpathIfAny(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isPostgres(pid: number): boolean {
  if (identify(pid) === undefined) return false;
  if (process.platform === 'win32') return true;
  return spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(
    'postgres',
  );
}
