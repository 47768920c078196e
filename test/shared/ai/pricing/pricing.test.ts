/** Prices: exact, dated, and never assumed; and no call costs more than what was reserved for it. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { perMillion, priceBook, type PriceRow, priceTiers } from '#shared/config/prices.ts';
import { toDollars, toPico } from '#shared/ai/pricing/pico.ts';
import { priceOf, type PricedUsage } from '#shared/ai/pricing/price-of.ts';
import { rowsBetween } from '#shared/ai/pricing/price-row.ts';
import { worstCase } from '#shared/ai/pricing/worst-case.ts';

const none: PricedUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
const haiku = { provider: 'anthropic', model: 'claude-haiku-5-5' } as const;
const sonnet = { provider: 'anthropic', model: 'claude-sonnet-5-5' } as const;
const today = new Date('2026-11-21T12:00:00Z');

describe('[AI-2] the price of a call', () => {
  test('is exact for each kind of token', () => {
    const usage = { input: 1_000, output: 100, cacheRead: 2_000, cacheWrite5m: 300, cacheWrite1h: 50 };
    // 1,000 × 2 + 100 × 10 + 2,000 × 0.1 + 300 × 2.5 + 50 × 4 dollars a million
    expect(toDollars(priceOf(sonnet, usage, today))).toBe('0.00415');
  });

  test.each([
    [100_000, '0.0105'],
    [100_001, '0.0525005'],
  ])('of a prompt of %d tokens takes the rates of its length for all of it', (input, dollars) => {
    expect(toDollars(priceOf(haiku, { ...none, input, output: 1_000 }, today))).toBe(dollars);
  });

  test('counts what is read from and written to the cache into the length of the prompt', () => {
    const usage = { ...none, input: 1, cacheRead: 99_999, cacheWrite5m: 1 };
    expect(priceOf(haiku, usage, today)).toBe(500_000n + 99_999n * 50_000n + 625_000n);
  });

  test('changes at midnight UTC of the day that the book names, and not before', () => {
    const usage = { ...none, cacheRead: 1_000_000 };
    expect(toDollars(priceOf(sonnet, usage, new Date('2026-10-06T23:59:59.999Z')))).toBe('0.2');
    expect(toDollars(priceOf(sonnet, usage, new Date('2026-10-07T00:00:00Z')))).toBe('0.1');
  });

  test('of a batch is half, and of a tier that the book does not know there is none', () => {
    const usage = { ...none, input: 3 };
    expect(priceOf({ ...haiku, tier: 'batch' }, usage, today)).toBe(150_000n);
    expect(() => priceOf({ ...haiku, tier: 'flex' }, usage, today)).toThrow('ai.unpriced');
  });

  test.each([
    ['an unknown model', { provider: 'anthropic', model: 'claude-next' } as const, today],
    ['another provider’s model', { provider: 'openai', model: 'claude-haiku-5-5' } as const, today],
    ['a model before its first price', haiku, new Date('2026-10-06T00:00:00Z')],
  ])('of %s is refused, before and after the call', (_name, priced, at) => {
    const bounds = { inputTokens: 1, outputTokens: 1, from: at, until: at };
    expect(() => worstCase(priced, bounds)).toThrow('ai.unpriced');
    expect(() => priceOf(priced, none, at)).toThrow('ai.unpriced');
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('is refused for %d tokens: usage is never a credit', (input) => {
    expect(() => priceOf(haiku, { ...none, input }, today)).toThrow(TypeError);
  });
});

describe('[AI-3] what is reserved', () => {
  const tokens = fc.nat({ max: 400_000 });
  const rowOf = fc.constantFrom(...priceBook);

  test('covers every outcome within its bounds, of every row and tier', () => {
    fc.assert(
      fc.property(
        ...[rowOf, tokens, tokens, tokens, tokens, tokens, fc.nat(50_000), fc.constantFrom(...priceTiers)],
        (row, input, output, cacheRead, cacheWrite5m, cacheWrite1h, slack, tier) => {
          fc.pre(tier === 'standard' || row.tiers?.[tier] !== undefined);
          const usage = { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
          const priced = { provider: row.provider, model: row.model, tier };
          const at = new Date(`${row.from}T08:00:00Z`);
          const bounds = {
            inputTokens: input + cacheRead + cacheWrite5m + cacheWrite1h + slack,
            ...{ outputTokens: output, from: at, until: at },
          };
          expect(worstCase(priced, bounds)).toBeGreaterThanOrEqual(priceOf(priced, usage, at));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('covers a price that changes before the call is over', () => {
    const dearer: PriceRow = {
      ...(rowsBetween(haiku, today, today)[0] as PriceRow),
      ...{ from: '2026-11-22', source: 'a test' },
      rates: {
        ...{ input: perMillion('9'), output: perMillion('9'), cacheRead: 0n },
        ...{ cacheWrite5m: 0n, cacheWrite1h: 0n },
      },
    };
    const from = new Date('2026-11-21T23:59:00Z');
    const until = new Date('2026-11-22T00:01:00Z');
    const bounds = { inputTokens: 10, outputTokens: 10, from, until };
    const usage = { ...none, input: 10, output: 10 };
    const book = [...priceBook, dearer];
    expect(worstCase(haiku, bounds, book)).toBe(priceOf(haiku, usage, until, book));
    expect(worstCase(haiku, { ...bounds, until: from }, book)).toBeLessThan(
      priceOf(haiku, usage, until, book),
    );
  });

  test('counts an hour’s cache write, and the long-context rates as soon as they can be reached', () => {
    const bounds = { outputTokens: 0, from: today, until: today };
    expect(worstCase(haiku, { ...bounds, inputTokens: 100_000 })).toBe(100_000n * 200_000n);
    expect(worstCase(haiku, { ...bounds, inputTokens: 100_001 })).toBe(100_001n * 1_000_000n);
  });
});

describe('[AI-2] the price book', () => {
  test('names a source and a real date in every row, and no model twice for one day', () => {
    for (const { from, source } of priceBook) {
      expect(source.length).toBeGreaterThan(10);
      expect(new Date(from).toISOString().slice(0, 10)).toBe(from);
    }
    const keys = priceBook.map(({ provider, model, from }) => `${provider} ${model} ${from}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each(['', '1.1234567', '-1', '1,5', '1e3'])('refuses %p as a price', (text) => {
    expect(() => perMillion(text)).toThrow(TypeError);
  });
});

test('[AI-2] amounts are written and read without loss', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
      (pico) => toPico(toDollars(pico)) === pico,
    ),
  );
  expect(toDollars(toPico('10.500'))).toBe('10.5');
  expect(() => toPico('0.0000000000001')).toThrow(TypeError);
});
