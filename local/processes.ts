/**
 * Who a process id really is. Ids are reused, so a recorded id only means something together with the start
 * time of the process; a zombie counts as gone, because nothing of it runs any more.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that stays recognisable after its id was given to another one. */
export type ProcessIdentity = { pid: number; started: string };

/** The identity of a living process, or undefined when there is none (or only a zombie). */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') return identifyFromProc(pid);
  if (!answersSignals(pid)) return undefined;
  return { pid, started: process.platform === 'win32' ? '' : startTimeFromPs(pid) };
}

/** Whether the very process that was recorded still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** Waits until the process is gone; false when it still runs after the time is up. */
export async function waitUntilGone(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(identity)) {
    if (Date.now() >= deadline) return false;
    await sleep(50);
  }
  return true;
}

/** The processes above us, nearest first; only the nearest is known where the system does not tell. */
export function ancestors(count: number): ProcessIdentity[] {
  const found: ProcessIdentity[] = [];
  let pid: number | undefined = process.ppid;
  while (pid !== undefined && pid > 1 && found.length < count) {
    const identity = identify(pid);
    if (identity !== undefined) found.push(identity);
    pid = process.platform === 'linux' ? Number(statFields(pid)?.[1]) || undefined : undefined;
  }
  return found;
}

function identifyFromProc(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  // Field 22 counts from the boot, so the boot belongs to the identity.
  return { pid, started: `${fields[19] ?? ''}@${readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}` };
}

/** State, parent, … of a process, as proc(5) lists them from the third field on. */
function statFields(pid: number): string[] | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  // The command stands in brackets and may contain anything; the fields after it are fixed.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended, or belongs to another container: nobody we could know.
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startTimeFromPs(pid: number): string {
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}
