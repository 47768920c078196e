/** Runs the real program as people do: a process of its own, with pipes or at a terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = join(import.meta.dirname, '../../bin/plinth.mjs');

/** Somebody’s own folder and variables. */
export type User = { folder: string; url: string; env?: Record<string, string> };

export type Finished = { code: number | null; stdout: string; stderr: string };

/** A program that runs. */
export type Started = {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Waits for a text on standard error or output; gives what matched. */
  said(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  finished: Promise<Finished>;
};

/** Starts the program with pipes; `input` is all of its standard input. */
export function start(user: User, args: readonly string[], input = ''): Started {
  const child = spawn(process.execPath, [program, ...args], { env: environment(user), cwd: user.folder });
  child.stdin.on('error', () => undefined).end(input);
  return watch(child);
}

/** Runs the program to its end. */
export function plinth(user: User, args: readonly string[], input = ''): Promise<Finished> {
  return start(user, args, input).finished;
}

/** The document that it prints. */
export async function json<T>(user: User, args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await plinth(user, [...args, '--json']);
  if (code !== 0) throw new Error(`plinth ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** Whether this machine can give a program a terminal. */
export const hasTerminals = process.platform === 'linux' && existsSync('/usr/bin/script');

/** Starts the program at a terminal of its own, where output and input are one. */
export function atTerminal(user: User, args: readonly string[]): Started {
  const command = [process.execPath, program, ...args].map((part) => `'${part}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...environment(user), TERM: 'xterm' },
    cwd: user.folder,
  });
  return watch(child);
}

/** Nobody’s settings but theirs; Jest’s own options would reach the program. */
function environment({ folder, url, env = {} }: User): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: folder, PLINTH_URL: url, TZ: 'UTC', ...env };
}

function watch(child: ChildProcess): Started {
  const heard = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (heard.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (heard.stderr += text));
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, ...heard }));
  const said = async (pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> => {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      const found = pattern.exec(heard.stderr) ?? pattern.exec(heard.stdout);
      if (found !== null) return found;
      await sleep(50);
    }
    throw new Error(`It never said ${pattern.source}: ${heard.stderr}${heard.stdout}`);
  };
  return { child, stdout: () => heard.stdout, stderr: () => heard.stderr, said, finished };
}
