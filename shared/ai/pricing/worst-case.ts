/** The most that a call can cost, before it is made: what is reserved for it. */
import type { PriceRow, Rates } from '../../config/prices.ts';
import { fail } from '../../contract/errors.ts';
import { unpriced } from '../money.contract.ts';
import { timesRatio } from './pico.ts';
import { multiplierOf, type Priced, rowsBetween } from './price-row.ts';

export type Bounds = {
  /** No more tokens than these go in. */
  inputTokens: number;
  /** No more than these come out. */
  outputTokens: number;
  /** When the call may be made: a price may change in between. */
  from: Date;
  until: Date;
};

/**
 * Pico-dollars that no outcome of the call exceeds: every token of the prompt at the dearest rate that a token of a
 * prompt of any length up to the bound can have (an hour's cache write, usually), all of the output.
 * @throws Failure `ai.unpriced` when there is no price at the beginning
 */
export function worstCase(priced: Priced, bounds: Bounds, book?: readonly PriceRow[]): bigint {
  const { inputTokens, outputTokens, from, until } = bounds;
  if (!(inputTokens >= 0 && outputTokens >= 0)) throw new TypeError('bounds are numbers of tokens');
  const rows = rowsBetween(priced, from, until, book);
  if (rows.length === 0) throw fail(unpriced);
  const worst = rows.flatMap((row) =>
    reachable(row, inputTokens).map((rates) =>
      timesRatio(
        BigInt(Math.ceil(inputTokens)) * dearestInput(rates) + BigInt(Math.ceil(outputTokens)) * rates.output,
        multiplierOf(row, priced.tier),
      ),
    ),
  );
  return worst.reduce((most, cost) => (cost > most ? cost : most), 0n);
}

/** The rates that a prompt of at most so many tokens may meet. */
function reachable({ rates, longContext }: PriceRow, inputTokens: number): Rates[] {
  return longContext !== undefined && inputTokens > longContext.above ? [rates, longContext.rates] : [rates];
}

function dearestInput({ input, cacheRead, cacheWrite5m, cacheWrite1h }: Rates): bigint {
  return [input, cacheRead, cacheWrite5m, cacheWrite1h].reduce((most, rate) => (rate > most ? rate : most));
}
