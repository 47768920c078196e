/** Measures arms in cells: short rounds in turn, so that whatever else the machine does meets all of them alike. */
import type { Arm, Upstream } from './arms.ts';
import { type Load, load } from './load.ts';
import { processorMicroseconds } from './processor-time.ts';
import { isAnswered, question } from './question.ts';

/** How all arms are asked at a time. */
export type Cell = { name: string; latencyMs: number; callers: number; stream: boolean };

/** What one arm did in one cell: microseconds a call and calls a second of each round, milliseconds of every call. */
export type Measured = { cpu: number[]; perSecond: number[]; times: number[] };

export type Plan = { rounds: number; seconds: number };

/** Asks an arm for a while. @throws Error when an answer was not the right one */
export async function ask(
  arm: Arm,
  { callers, stream }: Pick<Cell, 'callers' | 'stream'>,
  seconds: number,
): Promise<{ calls: number; cpu: number } & Pick<Measured, 'times'> & { seconds: number }> {
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
  const cpu = (spent(arm) - before) / times.length;
  if (failed.length > 0) throw new Error(`${arm.name}: ${failed.length} wrong answers, such as ${failed[0]}`);
  return { calls: times.length, cpu, times, seconds: taken };
}

/** Measures all arms in a cell; every other round in the opposite order. */
export async function measure(
  arms: readonly Arm[],
  upstream: Upstream,
  cell: Cell,
  { rounds, seconds }: Plan,
): Promise<Map<Arm, Measured>> {
  upstream.latency(cell.latencyMs);
  const measured = new Map(arms.map((arm): [Arm, Measured] => [arm, { cpu: [], perSecond: [], times: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [arm, so] of round % 2 === 0 ? [...measured] : [...measured].toReversed()) {
      const { cpu, calls, times, seconds: taken } = await ask(arm, cell, seconds);
      so.cpu.push(cpu);
      so.perSecond.push(calls / taken);
      so.times.push(...times);
    }
  }
  return measured;
}

function spent({ pid }: Arm): number {
  return pid === undefined ? NaN : processorMicroseconds(pid);
}
