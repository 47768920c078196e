/** Generated statements of many tenants, each compared with what its tenant would see if it were alone. */
import type { Client } from 'pg';
import { signIn } from '#test/isolation/attempts.ts';
import { kernelDatabase, type KernelDatabase } from '#test/support/kernel-database.ts';
import type { TestPostgres } from '#test/support/postgres.ts';
import { type Before, compare, lookBefore, type Pair } from './compare.ts';
import { generate } from './dice.ts';
import { copyAlone, type Ground, groundOf, instrument, populate } from './population.ts';
import { readingFunctionsOf, type Shape, shapesOf } from './shapes.ts';
import { type Generated, statement } from './writes.ts';

/** What came of so many statements. */
export type Tally = {
  tried: number;
  leaks: string[];
  explained: Map<string, number>;
  refused: Map<string, number>;
  /** How many found or changed at least one row. */
  effective: number;
};

/** Several tenants in one database, and each of them alone. */
export type Stage = {
  admin: Client;
  shapes: readonly Shape[];
  /** Compares so many generated statements; `seed` makes the same ones again. */
  play(count: number, seed: number): Promise<Tally>;
  stop(): Promise<void>;
};

type Seat = { pair: Pair; before: Before; ground: Ground };

/**
 * Sets a stage.
 * @param on the server to make the databases on; without one, the server of the test run
 */
export async function setStage(
  { tenants: count, seed, widen = '' }: { tenants: number; seed: number; widen?: string },
  on?: TestPostgres,
): Promise<Stage> {
  const shared = await kernelDatabase(on);
  const opened: { database: KernelDatabase; clients: Client[] }[] = [{ database: shared, clients: [] }];
  const stop = async () => {
    for (const { clients } of opened) for (const client of clients) await client.end();
    for (const { database } of opened) await database.drop();
  };
  try {
    if (widen !== '') await shared.admin.query(widen);
    const shapes = await shapesOf(shared.admin);
    const functions = await readingFunctionsOf(shared.admin);
    await instrument(shared.admin, shapes);
    const tenants = await populate(shared.admin, shapes, { count, uuid: seededIds(seed) });
    const seats: Seat[] = [];
    for (const tenant of tenants) {
      const own = await kernelDatabase(on);
      if (widen !== '') await own.admin.query(widen);
      await instrument(own.admin, shapes);
      await copyAlone(shared.admin, own.admin, shapes, tenant);
      const ground = await groundOf(shared.admin, own.admin, shapes, tenant);
      const pair = {
        tenant,
        shared: await signIn(shared, 'app_tenant'),
        alone: await signIn(own, 'app_tenant'),
      };
      opened.push({ database: own, clients: [pair.shared, pair.alone] });
      seats.push({ pair, before: await lookBefore(pair), ground });
    }
    const play = async (statements: number, from: number) =>
      playAll(
        seats,
        shapes,
        generate(from, statements, (dice) => {
          const seat = dice.one(seats);
          return { seat, generated: statement({ dice, ground: seat.ground, functions }) };
        }),
      );
    return { admin: shared.admin, shapes, play, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function playAll(
  seats: readonly Seat[],
  shapes: readonly Shape[],
  scripts: readonly { seat: Seat; generated: Generated }[],
): Promise<Tally> {
  const tally: Tally = {
    tried: scripts.length,
    leaks: [],
    explained: new Map(),
    refused: new Map(),
    effective: 0,
  };
  for (const { seat, generated } of scripts) {
    const verdict = await compare(seat.pair, seat.before, shapes, generated);
    if (verdict.outcome === 'leak')
      tally.leaks.push(`${verdict.what}: ${generated.text.replace(/\s+/g, ' ')}`);
    if (verdict.outcome === 'explained') count(tally.explained, verdict.why);
    if (verdict.outcome === 'same' && verdict.rows > 0) tally.effective += 1;
    if (verdict.outcome === 'same' && verdict.refused !== undefined) count(tally.refused, verdict.refused);
  }
  // Everything was rolled back: whatever is different now was done behind the transaction's back.
  for (const { pair, before } of seats) {
    const after = await lookBefore(pair);
    const moved = [...after.shared].filter(([part, hash]) => before.shared.get(part) !== hash);
    if (moved.length > 0)
      tally.leaks.push(`still changed after all: ${moved.map(([part]) => part).join(', ')}`);
  }
  return tally;
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function seededIds(seed: number): () => string {
  const ids = generate(seed, 1, (dice) => Array.from({ length: 4_000 }, () => dice.uuid()))[0] ?? [];
  let next = 0;
  return () => {
    const id = ids[next];
    if (id === undefined) throw new RangeError('more ids are needed than were made');
    next += 1;
    return id;
  };
}
