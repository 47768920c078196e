/** Measures arms in cells: short rounds in turn, so that whatever else the machine does meets all of them alike. */
import type { Arm, Upstream } from './arms.ts';
import { type Load, load } from './load.ts';
import { processorMicroseconds } from './processor-time.ts';
import { isAnswered, question } from './question.ts';

/** How all arms are asked at a time. */
export type Cell = { name: string; latencyMs: number; callers: number; stream: boolean };

/**
 * What one arm did in one cell: microseconds a call and right answers a second of each round, milliseconds of every
 * right answer, and the wrong ones.
 */
export type Measured = { cpu: number[]; perSecond: number[]; times: number[]; failed: string[] };

export type Plan = { rounds: number; seconds: number };

/** Asks an arm for a while, each caller at least once. */
export async function ask(
  arm: Arm,
  { callers, stream }: Pick<Cell, 'callers' | 'stream'>,
  seconds: number,
): Promise<{ cpu: number; seconds: number } & Pick<Measured, 'times' | 'failed'>> {
  const asking: Load = {
    request: {
      ...{ method: 'POST', path: '/v1/messages', body: question(stream) },
      headers: {
        ...{ 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
        'content-length': String(Buffer.byteLength(question(stream))),
        ...arm.headers,
      },
    },
    ...{ callers, seconds, isAnswered: (answer) => isAnswered(stream, answer) },
  };
  const before = spent(arm);
  const { times, failed, seconds: taken } = await load(arm.url, asking);
  const cpu = (spent(arm) - before) / (times.length + failed.length);
  return { cpu, times, failed, seconds: taken };
}

/** Measures all arms in a cell; every other round in the opposite order. */
export async function measure(
  arms: readonly Arm[],
  upstream: Upstream,
  cell: Cell,
  { rounds, seconds }: Plan,
): Promise<Map<Arm, Measured>> {
  upstream.latency(cell.latencyMs);
  const nothing = (): Measured => ({ cpu: [], perSecond: [], times: [], failed: [] });
  const measured = new Map(arms.map((arm) => [arm, nothing()]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [arm, so] of round % 2 === 0 ? [...measured] : [...measured].toReversed()) {
      const { cpu, times, failed, seconds: taken } = await ask(arm, cell, seconds);
      so.cpu.push(cpu);
      so.perSecond.push(times.length / taken);
      so.times.push(...times);
      so.failed.push(...failed);
    }
  }
  return measured;
}

function spent({ pid }: Arm): number {
  return pid === undefined ? NaN : processorMicroseconds(pid);
}
