/**
 * Whether requests slow down as tenants come (TEN-12): the same mix at 5 tenants of 1,000 rows and at 500 of 2,000.
 * Each size has a chain, a database and a process of its own; they take turns.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Report } from '#test/battery/figures.ts';
import { quantile } from './support/samples.ts';

export const summary = 'Request time of a read mix at 5 tenants × 1,000 rows and at 500 × 2,000';

const sizes = { small: { tenants: 5, rows: 1_000 }, large: { tenants: 500, rows: 2_000 } };
const rounds = 12;
const perRound = 60;

export async function run(report: Report): Promise<void> {
  const [small, large] = await Promise.all([startChain(sizes.small), startChain(sizes.large)]);
  try {
    const times: { small: number[][]; large: number[][] } = { small: [], large: [] };
    await small.round(perRound);
    await large.round(perRound);
    for (let round = 0; round < rounds; round += 1) {
      report.progress(`round ${round + 1} of ${rounds}`);
      // Every other round in the opposite order, so that neither always goes first.
      if (round % 2 === 0) times.small.push(await small.round(perRound));
      times.large.push(await large.round(perRound));
      if (round % 2 === 1) times.small.push(await small.round(perRound));
    }
    const ratios = times.small.map((round, index) => {
      return quantile(times.large[index] ?? [], 0.5) / quantile(round, 0.5);
    });
    report.figure('small p50', quantile(times.small.flat(), 0.5), 'ms');
    report.figure('large p50', quantile(times.large.flat(), 0.5), 'ms');
    report.figure('small p95', quantile(times.small.flat(), 0.95), 'ms');
    report.figure('large p95', quantile(times.large.flat(), 0.95), 'ms');
    report.figure('large / small', quantile(ratios, 0.5), '×', { atMost: 1.1 });
  } finally {
    await Promise.all([small.stop(), large.stop()]);
  }
}

type GrowingChain = { round: (calls: number) => Promise<number[]>; stop: () => Promise<void> };

/** Starts a chain of a size in its own process; resolves when its rows are there. */
async function startChain(size: { tenants: number; rows: number }): Promise<GrowingChain> {
  const child = fork(new URL('./support/growth-chain.ts', import.meta.url), [JSON.stringify(size)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await answerOf(child);
  return {
    round: async (calls) => {
      child.send({ calls });
      return (await answerOf(child)) as number[];
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    const stopped = once(child, 'exit', { signal }).then(() => {
      throw new Error('A chain stopped before it answered.');
    });
    stopped.catch(() => undefined);
    const [answer] = (await Promise.race([once(child, 'message', { signal }), stopped])) as unknown[];
    return answer;
  } finally {
    waiting.abort();
  }
}
