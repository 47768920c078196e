/** Which row of the price book holds for a call. */
import {
  type Multiplier,
  priceBook,
  type PricedProvider,
  type PriceRow,
  type PriceTier,
} from '../../config/prices.ts';
import { fail } from '../../contract/errors.ts';
import { unpriced } from '../money.contract.ts';

/** What is called, and how. */
export type Priced = { provider: PricedProvider; model: string; tier?: PriceTier };

/**
 * The row in force at a moment.
 * @throws Failure `ai.unpriced` when there is none
 */
export function rowAt(priced: Priced, at: Date, book: readonly PriceRow[] = priceBook): PriceRow {
  const row = rowsBetween(priced, at, at, book)[0];
  if (row === undefined) throw fail(unpriced);
  return row;
}

/** Every row that is in force at some moment between two, oldest first; none when the first moment has none. */
export function rowsBetween(
  { provider, model }: Priced,
  from: Date,
  until: Date,
  book: readonly PriceRow[] = priceBook,
): PriceRow[] {
  const rows = book
    .filter((row) => row.provider === provider && row.model === model && beginsAt(row) <= until.getTime())
    .sort((one, other) => beginsAt(one) - beginsAt(other));
  const first = rows.findLastIndex((row) => beginsAt(row) <= from.getTime());
  return first === -1 ? [] : rows.slice(first);
}

const unchanged: Multiplier = { times: 1n, over: 1n };

/**
 * What a tier does to the rates of a row.
 * @throws Failure `ai.unpriced` when the row does not know the tier
 */
export function multiplierOf({ tiers }: PriceRow, tier: PriceTier = 'standard'): Multiplier {
  const found = tier === 'standard' ? unchanged : tiers?.[tier];
  if (found === undefined) throw fail(unpriced);
  return found;
}

function beginsAt({ from }: PriceRow): number {
  return Date.parse(`${from}T00:00:00Z`);
}
