/** Boots the local stack as a process of its own, for tests that need a whole one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isRunning, type ProcessIdentity } from '#local/processes.ts';

export type LocalStack = {
  url: string;
  state: string;
  /** Sends a signal, waits for the end, and returns the processes of the stack that are still there. */
  end(signal: 'SIGINT' | 'SIGKILL', patienceMs?: number): Promise<{ code: number | null; left: string[] }>;
  /** What it has printed so far. */
  output(): string;
};

const project = join(import.meta.dirname, '../..');
const startTimeoutMs = 120_000;

/** Starts `local/main.ts` on this state folder and any free port; resolves when it is ready. */
export async function startStack(state: string, root = project): Promise<LocalStack> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/main.ts'], {
    cwd: root,
    env: { ...withoutTestOptions(), PLINTH_STATE: state, PLINTH_PORT: '0' },
    // The channel carries nothing: it closes when the test dies, and the stack must not outlive it.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const printed: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const output = () => printed.join('');
  try {
    const url = await readyUrl(child, state, output);
    return { url, state, output, end: (signal, patienceMs = 15_000) => end(child, signal, patienceMs) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Jest's own options would reach every worker of the stack. */
function withoutTestOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, PLINTH_TEST_POSTGRES: _postgres, ...rest } = process.env;
  return rest;
}

async function readyUrl(child: ChildProcess, state: string, output: () => string): Promise<string> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The stack ended with ${child.exitCode ?? child.signalCode}:\n${output()}`);
    }
    const found = readStack(state);
    if (found?.pid === child.pid && found?.url !== undefined) return found.url;
    await sleep(100);
  }
  throw new Error(`The stack was not ready after ${startTimeoutMs / 1000} s:\n${output()}`);
}

/** What the running stack says of itself. */
export function readStack(state: string): { url: string; pid: number } | undefined {
  try {
    return JSON.parse(readFileSync(join(state, 'stack.json'), 'utf8')) as { url: string; pid: number };
  } catch {
    // Not there yet, or being written.
    return undefined;
  }
}

async function end(
  child: ChildProcess,
  signal: 'SIGINT' | 'SIGKILL',
  patienceMs: number,
): Promise<{ code: number | null; left: string[] }> {
  const all = child.pid === undefined ? [] : family(child.pid);
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  child.kill(signal);
  await exited;
  const deadline = Date.now() + patienceMs;
  while (all.some(isRunning) && Date.now() < deadline) await sleep(50);
  return { code: child.exitCode, left: all.filter(isRunning).map(({ pid }) => commandOf(pid)) };
}

/** A process and everything below it. Known on Linux only; elsewhere the process alone. */
function family(pid: number): ProcessIdentity[] {
  const parents = process.platform === 'linux' ? parentsOfAll() : new Map<number, number>();
  const found = [pid];
  for (const one of found) {
    found.push(...[...parents].filter(([, parent]) => parent === one).map(([child]) => child));
  }
  return found.map((one) => identify(one)).filter((one) => one !== undefined);
}

function parentsOfAll(): Map<number, number> {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return new Map(pids.map((pid) => [pid, parentOf(pid)]));
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // It ended between listing and reading.
    return 0;
  }
}

function commandOf(pid: number): string {
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`;
  } catch {
    return String(pid);
  }
}
