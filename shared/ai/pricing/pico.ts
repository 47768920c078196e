/** Money: whole pico-dollars (10^-12 USD) in bigint, so that sums of any length are exact. */

/** One dollar. */
export const dollar = 1_000_000_000_000n;

/**
 * Pico-dollars of a decimal text like `10.5`.
 * @throws TypeError when it is no amount, or finer than a pico-dollar
 */
export function toPico(dollars: string): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(dollars) ?? [];
  if (whole === '') throw new TypeError(`not an amount in dollars: ${dollars}`);
  const pico = BigInt(whole) * dollar + BigInt(fraction.padEnd(12, '0'));
  return sign === '-' ? -pico : pico;
}

/** Dollars as an exact decimal, without zeros at the end: `10.5`, `0.000125`, `0`. */
export function toDollars(pico: bigint): string {
  const absolute = pico < 0n ? -pico : pico;
  const fraction = (absolute % dollar).toString().padStart(12, '0').replace(/0+$/, '');
  const text = `${absolute / dollar}${fraction === '' ? '' : `.${fraction}`}`;
  return pico < 0n ? `-${text}` : text;
}

/** The product of an amount and a ratio, rounded up: what is charged is never less than what is owed. */
export function timesRatio(pico: bigint, { times, over }: { times: bigint; over: bigint }): bigint {
  return (pico * times + over - 1n) / over;
}
