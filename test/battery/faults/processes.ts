/** The processes of a running stack, found below its own: what faults are done to. Known on Linux only. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify } from '#local/processes.ts';

/** The child of a process whose command line contains this text. */
export function childOf(parent: number, command: string): number {
  const found = below(parent).find((pid) => commandOf(pid).includes(command));
  if (found === undefined) throw new Error(`no process below ${parent} runs ${command}`);
  return found;
}

/** Stops a process and everything below it where they stand; `thaw` lets them go on. */
export function freeze(pid: number): { thaw: () => void } {
  // The parent first: it could start another child meanwhile.
  const frozen = [pid, ...below(pid)];
  for (const one of frozen) signal(one, 'SIGSTOP');
  return {
    thaw: () => {
      for (const one of frozen.toReversed()) signal(one, 'SIGCONT');
    },
  };
}

/** Ends a process and waits until it is gone. */
export async function end(pid: number, how: 'SIGINT' | 'SIGKILL'): Promise<void> {
  signal(pid, how);
  while (identify(pid) !== undefined) await sleep(20);
}

/** The port that a process listens on. */
export function portOf(pid: number): number {
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    const found = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
    return found === undefined ? [] : [found];
  });
  const listening = readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, , , state, , , , , , inode]) => state === '0A' && sockets.includes(inode ?? ''));
  const port = Number.parseInt(listening?.[1]?.split(':')[1] ?? '', 16);
  if (Number.isNaN(port)) throw new Error(`process ${pid} listens on no port`);
  return port;
}

function below(pid: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .map(Number)
      .filter(Number.isInteger)
      .map((one) => [one, parentOf(one)]),
  );
  const found = [pid];
  for (const one of found)
    found.push(...[...parents].filter(([, parent]) => parent === one).map(([child]) => child));
  return found.slice(1);
}

function parentOf(pid: number): number {
  const stat = readProc(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function commandOf(pid: number): string {
  return readProc(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended between listing and reading.
    return '';
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
