/**
 * A second instance of the kernel's functions: another process with the same environment, which shares nothing
 * with the test but the database and the gate's table, as another Lambda instance would.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ApiResult } from '#shared/middleware/exchange.ts';
import type { Handler } from './chain.ts';

export type Instance = {
  /** The handler of a module, run in the other process. */
  handler(module: string): Handler;
  stop(): Promise<void>;
};

/** What the processes tell each other. */
export type Told = { id: number; module: string; event: unknown };
export type Answered = { id: number; result?: ApiResult; error?: string };

/** A protection taken out of the code that the other process runs: what is replaced in which file, and by what. */
export type Breakage = { file: string; from: string; to: string };

/** Starts a process that serves modules; its environment is the test's with these changes. */
export async function startInstance(
  environment: Record<string, string> = {},
  breakage?: Breakage,
): Promise<Instance> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'instance-main.ts'), [], {
    env: {
      ...{ ...process.env, ...environment },
      ...(breakage === undefined ? {} : { INSTANCE_BREAKAGE: JSON.stringify(breakage) }),
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, (answer: Answered) => void>();
  child.on('message', (answer: Answered) => waiting.get(answer.id)?.(answer));
  child.on('exit', () => {
    for (const [id, settle] of waiting) settle({ id, error: 'the instance has ended' });
  });
  let calls = 0;
  const call = async (module: string, event: unknown): Promise<ApiResult> => {
    const id = (calls += 1);
    const answer = await new Promise<Answered>((resolve) => {
      waiting.set(id, resolve);
      child.send({ id, module, event } satisfies Told);
    });
    waiting.delete(id);
    if (answer.result === undefined) throw new Error(answer.error ?? 'the instance did not answer');
    return answer.result;
  };
  return {
    handler: (module) => (event) => call(module, event),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
