/** Events leave as fast as they are read, and whoever makes them is told when nobody reads any more. */
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { pour } from '#shared/middleware/serve-stream.ts';

/** So many events; tells how many were made, and when all is settled. */
function events(most: number) {
  const seen = { made: 0, settled: false };
  async function* make(): AsyncGenerator<string> {
    try {
      for (; seen.made < most; seen.made += 1) yield 'x'.repeat(100);
    } finally {
      await sleep(30);
      seen.settled = true;
    }
  }
  return { seen, made: make() };
}

test('[API-1] a slow reader slows down whoever makes the events', async () => {
  const { seen, made } = events(1_000);
  const waiting: (() => void)[] = [];
  const out = new Writable({ highWaterMark: 300, write: (_bytes, _encoding, next) => waiting.push(next) });
  const poured = pour(made, out);
  await sleep(30);
  expect(seen.made).toBeLessThan(10);
  const reading = setInterval(() => waiting.splice(0).forEach((next) => next()), 0);
  await Promise.all([poured, once(out, 'finish')]);
  clearInterval(reading);
  expect(seen).toEqual({ made: 1_000, settled: true });
});

test.each([
  ['goes away', undefined],
  ['breaks off', new Error('reset')],
])('[API-1] a reader who %s ends the events, and what they settle is waited for', async (_how, reason) => {
  const { seen, made } = events(Infinity);
  const out = new Writable({ highWaterMark: 300, write: () => undefined });
  out.on('error', () => undefined);
  const poured = pour(made, out);
  await sleep(10);
  out.destroy(reason);
  await poured;
  expect(seen.settled).toBe(true);
});
