/** Chance that comes out the same every time: demo data is made twice without being there twice. */
import { createHash } from 'node:crypto';

export type Chance = {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number of the range, both ends included. */
  between(least: number, most: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** An item, each as likely as its weight says. */
  weighted<Item>(items: readonly (readonly [Item, number])[]): Item;
  /** Whether something happens that does in so many of a hundred cases. */
  happens(percent: number): boolean;
  /** An id, ordered by that time. */
  id(at: Date): string;
  /** A moment of that day, so many days before. */
  ago(at: Date, days: number): Date;
};

/** Chance that depends on a name alone. */
export function chanceOf(name: string): Chance {
  let state = createHash('sha256').update(name).digest().readUInt32LE();
  // mulberry32: small, even, and the same everywhere.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => between(0, 15).toString(16)).join('');
  return {
    next,
    between,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    weighted: (items) => {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      throw new Error('there is nothing to choose from');
    },
    happens: (percent) => next() * 100 < percent,
    ago: (at, days) => new Date(at.getTime() - (days * 24 * 60 - between(0, 5 * 60)) * 60_000),
    id: (at) => {
      const time = at.getTime().toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${'89ab'[between(0, 3)]}${hex(3)}-${hex(12)}`;
    },
  };
}
