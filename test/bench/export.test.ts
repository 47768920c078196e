/** What `npm run bench -- export` measures is made by the product's own writers; here with few rows, and nothing is timed. */
import { expect, test } from '@jest/globals';
import { run } from '../../bench/export.ts';
import { collect } from '../battery/figures.ts';

test('[EXP-1] every format is held against a copy of the same rows', async () => {
  const { report, figures } = collect(() => undefined);
  await run(report, 2_000, 1);
  const value = (id: string) => figures.find((figure) => figure.id === id)?.value ?? Number.NaN;
  for (const format of ['csv', 'json', 'parquet']) {
    expect(value(`${format} / copy: speed`)).toBeGreaterThan(0);
    expect(value(`${format}: size`)).toBeGreaterThan(0);
    expect(value(`${format}, three times the rows: memory above idle`)).not.toBeNaN();
  }
  // Nothing but prefixes of ids, the time's zone and CR stands between a file and what the server writes.
  expect(value('csv: size')).toBeGreaterThan(value('copy: size'));
  expect(value('csv: size')).toBeLessThan(value('copy: size') * 1.1);
  expect(value('pdf: rows a second')).toBeGreaterThan(0);
}, 120_000);
