/** The processes that call models. One that is killed is replaced, and what it had to say is lost. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Round, Said } from './worker.ts';

const workerFile = join(import.meta.dirname, 'worker.ts');

export class Crew {
  readonly #size: number;
  readonly #upstreamUrl: string;
  #workers: ChildProcess[] = [];

  constructor(size: number, upstreamUrl: string) {
    this.#size = size;
    this.#upstreamUrl = upstreamUrl;
  }

  /** Starts who is missing; those who live stay in front. */
  private fill(): void {
    this.#workers = this.#workers.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    );
    while (this.#workers.length < this.#size) {
      this.#workers.push(
        fork(workerFile, [this.#upstreamUrl], {
          env: { ...process.env, DATABASE_POOL_SIZE: '4' },
          execArgv: ['--disable-warning=ExperimentalWarning'],
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        }),
      );
    }
  }

  /**
   * Gives each worker its round, and returns what was said when all who live have said all.
   * @param kill how many are killed in the middle
   * @param heard told of each call as it ends
   */
  async work(
    rounds: readonly Round[],
    { kill = 0, heard }: { kill?: number; heard?: (said: Said) => void } = {},
  ): Promise<Map<string, string>> {
    this.fill();
    const outcomes = new Map<string, string>();
    const working = this.#workers.map(async (worker, index) => {
      const round = rounds[index];
      if (round === undefined) return;
      let left = round.requestIds.length;
      const done = new Promise<void>((resolve) => {
        const hear = (said: Said) => {
          outcomes.set(said.requestId, said.outcome);
          heard?.(said);
          left -= 1;
          if (left === 0) {
            worker.off('message', hear);
            worker.off('exit', resolve);
            resolve();
          }
        };
        worker.on('message', hear);
        worker.once('exit', resolve);
      });
      worker.send(round);
      if (index < kill) {
        // Somewhere between reserving and settling, for some of its calls.
        await sleep(150 + Math.random() * 400);
        worker.kill('SIGKILL');
      }
      await done;
    });
    await Promise.all(working);
    return outcomes;
  }

  async dismiss(): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        if (worker.exitCode !== null || worker.signalCode !== null) return;
        const ended = once(worker, 'exit');
        worker.kill('SIGKILL');
        await ended;
      }),
    );
  }
}
