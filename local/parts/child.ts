/**
 * Parts that would block the event loop run in a process of their own. The IPC channel is the lifeline: when the
 * parent goes, however it goes, the channel closes and the child exits, so that `kill -9` leaves nothing behind.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Running } from './contract.ts';

/** What a child reports once it serves. */
export type Ready = { port: number };

const START_WITHIN_MS = 15_000;
const LOCK_FREE_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 5_000;

/**
 * Starts a child module and resolves with what it reported. A child that fails to start is tried again for ten
 * seconds, because a previous process that is still dying holds the lock on its folder.
 */
export async function startChild(options: {
  module: URL;
  settings: Record<string, unknown>;
  env?: Record<string, string>;
  /** Told when the child goes although nobody stopped it. */
  onLost?: (reason: string) => void;
}): Promise<Running & Ready & { pid: number }> {
  const giveUpAt = Date.now() + LOCK_FREE_WITHIN_MS;
  for (;;) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

async function startOnce(
  options: Parameters<typeof startChild>[0],
): Promise<Running & Ready & { pid: number }> {
  const child = fork(options.module, [JSON.stringify(options.settings)], {
    // The parent's flags (inspector, test runner) are not for this process.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2_000);
  });
  const ready = await firstMessage(child, () => complaint);

  let stopping = false;
  child.once('exit', (code, signal) => {
    if (!stopping) options.onLost?.(`exit ${code ?? signal ?? 'unknown'} ${complaint}`.trim());
  });
  return {
    ...ready,
    pid: child.pid ?? 0,
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      if (child.connected) child.disconnect();
      await gone;
      clearTimeout(force);
    },
  };
}

async function firstMessage(child: ChildProcess, complaint: () => string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`A part did not start within ${START_WITHIN_MS} ms: ${complaint()}`));
    }, START_WITHIN_MS);
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`A part stopped while starting (exit ${code ?? 'by signal'}): ${complaint()}`));
    });
    child.once('message', (message: Ready) => {
      clearTimeout(late);
      child.removeAllListeners('exit');
      resolve(message);
    });
  });
}

/** The child's side: reads its settings, reports that it serves, and ends with its parent. */
export function beChild<Settings>(): {
  settings: Settings;
  ready: (facts: Ready) => void;
  onParentGone: (close: () => Promise<void>) => void;
} {
  // Ctrl-C reaches the whole process group; the parent decides the order in which parts stop.
  process.on('SIGINT', () => undefined);
  return {
    settings: JSON.parse(process.argv[2] ?? '{}') as Settings,
    ready: (facts) => process.send?.(facts),
    onParentGone: (close) => {
      process.once('disconnect', () => {
        const hard = setTimeout(() => process.exit(1), 3_000);
        hard.unref();
        void close().finally(() => process.exit(0));
      });
    },
  };
}
