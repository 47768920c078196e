/** Seeded choices for generators: the same seed makes the same statements. */
import fc, { type GeneratorValue } from 'fast-check';

/** Where all randomness of a generator comes from. */
export type Dice = {
  one<T>(items: readonly T[]): T;
  /** True so many times in a hundred. */
  chance(percent: number): boolean;
  /** From 0 to `max`. */
  upTo(max: number): number;
  uuid(): string;
  /** A name that was not made before with these dice. */
  name(letter: string): string;
};

/**
 * So many things made with dice.
 * @param seed prints with every figure; the same one makes the same things
 */
export function generate<T>(seed: number, count: number, make: (dice: Dice) => T): T[] {
  return fc.sample(fc.noBias(fc.gen()), { seed, numRuns: count }).map((values) => make(diceOf(values)));
}

const upToMax = (max: number) => fc.noBias(fc.nat({ max }));

function diceOf(values: GeneratorValue): Dice {
  const upTo = (max: number) => values(upToMax, max);
  const one = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError('there is nothing to choose from');
    // In range by construction; T may itself be undefined.
    return items[upTo(items.length - 1)] as T;
  };
  let names = 0;
  return {
    one,
    upTo,
    chance: (percent) => upTo(99) < percent,
    uuid: () => values(fc.uuid, { version: 4 }),
    name: (letter) => `${letter}${(names += 1)}`,
  };
}
