/** The exact price of a call that was made. */
import type { PriceRow, Rates } from '../../config/prices.ts';
import { timesRatio } from './pico.ts';
import { multiplierOf, type Priced, rowAt } from './price-row.ts';

/** Tokens of one call, additive: none is counted in another. */
export type PricedUsage = {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
};

/**
 * Pico-dollars of a call made at a moment.
 * @throws Failure `ai.unpriced`
 */
export function priceOf(priced: Priced, usage: PricedUsage, at: Date, book?: readonly PriceRow[]): bigint {
  const row = rowAt(priced, at, book);
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = ratesFor(row, promptOf(usage));
  const standard =
    tokens(usage.input) * input +
    tokens(usage.output) * output +
    tokens(usage.cacheRead) * cacheRead +
    tokens(usage.cacheWrite5m) * cacheWrite5m +
    tokens(usage.cacheWrite1h) * cacheWrite1h;
  return timesRatio(standard, multiplierOf(row, priced.tier));
}

/** The rates of a request with so many tokens in its prompt: the longer ones hold for the whole of it. */
export function ratesFor({ rates, longContext }: PriceRow, promptTokens: number): Rates {
  return longContext !== undefined && promptTokens > longContext.above ? longContext.rates : rates;
}

/** What counts against a long-context threshold: all that goes in, cached or not. */
export function promptOf({ input, cacheRead, cacheWrite5m, cacheWrite1h }: PricedUsage): number {
  return input + cacheRead + cacheWrite5m + cacheWrite1h;
}

/** A count that no provider should send must not become a credit. */
function tokens(count: number): bigint {
  if (!Number.isSafeInteger(count) || count < 0) throw new TypeError(`not a number of tokens: ${count}`);
  return BigInt(count);
}
