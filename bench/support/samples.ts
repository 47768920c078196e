/**
 * Timing two or more ways to do the same thing. They take turns in short rounds, and a ratio is the median of the
 * rounds' own ratios, so that whatever else the machine does meets all of them alike.
 */
import { setImmediate } from 'node:timers/promises';

/** Ways to do something, by name; a returned promise is awaited. */
export type Contenders<Name extends string> = Record<Name, () => unknown>;

export type Plan<Name extends string> = {
  /** Calls of each before anything is measured. */
  warmUp: number;
  rounds: number;
  /** Calls of each in a round. */
  perRound: number;
  /** Runs before and after each contender's part of a round, the warm-up included; not measured. */
  before?: (name: Name, round: number) => Promise<unknown>;
  after?: (name: Name) => Promise<unknown>;
};

/** What was measured; times in microseconds. */
export type Samples<Name extends string> = {
  p50: (name: Name) => number;
  p95: (name: Name) => number;
  /** How much longer the one takes than its baseline. */
  ratio: (name: Name, baseline: Name) => number;
};

/** Lets the contenders take turns; every other round in the opposite order. */
export async function takeTurns<Name extends string>(
  contenders: Contenders<Name>,
  plan: Plan<Name>,
): Promise<Samples<Name>> {
  const names = Object.keys(contenders) as Name[];
  const turn = async (name: Name, round: number, calls: number) => {
    await plan.before?.(name, round);
    const times = await timeCalls(contenders[name], calls);
    await plan.after?.(name);
    return times;
  };
  for (const name of names) await turn(name, 0, plan.warmUp);
  const measured = new Map<Name, number[][]>(names.map((name) => [name, []]));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      measured.get(name)?.push(await turn(name, round, plan.perRound));
    }
    // Timers and sockets of other parts get their turn between the rounds, not inside them.
    await setImmediate();
  }
  return samplesOf(measured);
}

/** The value below which this share of the numbers lies. */
export function quantile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) return NaN;
  const sorted = numbers.toSorted((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const [low = NaN, high = NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** The middle of the numbers. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

async function timeCalls(call: () => unknown, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    await call();
    times.push((performance.now() - started) * 1000);
  }
  return times;
}

function samplesOf<Name extends string>(measured: Map<Name, number[][]>): Samples<Name> {
  const roundsOf = (name: Name) => measured.get(name) ?? [];
  return {
    p50: (name) => median(roundsOf(name).flat()),
    p95: (name) => quantile(roundsOf(name).flat(), 0.95),
    ratio: (name, baseline) => {
      const below = roundsOf(baseline).map(median);
      return median(roundsOf(name).map((round, index) => median(round) / (below[index] ?? NaN)));
    },
  };
}
