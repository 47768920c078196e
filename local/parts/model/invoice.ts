/**
 * What the stand-in charges: a tariff and an arithmetic of its own, so that it can judge whoever computes the same.
 * It shares nothing with the price book. Amounts are whole pico-dollars.
 */

export type Charged = {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
};

export type InvoiceLine = {
  /** The answer's id. */
  id: string;
  /** As the client named the call. */
  requestId: string;
  model: string;
  usage: Charged;
  picoDollars: bigint;
  /** `complete`, or why there is less than a whole answer. */
  ended: 'complete' | 'cut' | 'left';
};

/** Micro-dollars for a million tokens: input, output, kept for 5 minutes, for an hour, read. */
type Tariff = [number, number, number, number, number];

const tariffs: readonly { match: RegExp; tariff: Tariff; long?: { above: number; tariff: Tariff } }[] = [
  { match: /claude-opus-5-5/, tariff: [4_000_000, 20_000_000, 5_000_000, 8_000_000, 200_000] },
  { match: /claude-sonnet-5-5/, tariff: [2_000_000, 10_000_000, 2_500_000, 4_000_000, 100_000] },
  {
    match: /claude-haiku-5-5/,
    tariff: [100_000, 500_000, 125_000, 200_000, 10_000],
    long: { above: 100_000, tariff: [500_000, 2_500_000, 625_000, 1_000_000, 50_000] },
  },
  { match: /claude-opus-5$/, tariff: [5_000_000, 25_000_000, 6_250_000, 10_000_000, 500_000] },
  { match: /claude-haiku-4-5/, tariff: [1_000_000, 5_000_000, 1_250_000, 2_000_000, 100_000] },
  {
    match: /gpt-6\.1-sol/,
    tariff: [2_000_000, 10_000_000, 2_500_000, 2_500_000, 100_000],
    long: { above: 272_000, tariff: [4_000_000, 15_000_000, 5_000_000, 5_000_000, 200_000] },
  },
  {
    match: /gpt-6-luna/,
    tariff: [100_000, 500_000, 125_000, 125_000, 10_000],
    long: { above: 272_000, tariff: [200_000, 750_000, 250_000, 250_000, 20_000] },
  },
  { match: /text-embedding-3-small|titan-embed-text-v2/, tariff: [20_000, 0, 0, 0, 0] },
];

/** Whether there is such a model. */
export function isSold(model: string): boolean {
  return tariffs.some(({ match }) => match.test(model));
}

/** A micro-dollar for a million tokens is a pico-dollar for one. */
export function charge(model: string, usage: Charged): bigint {
  const found = tariffs.find(({ match }) => match.test(model));
  if (found === undefined) throw new Error(`the stand-in sells no ${model}`);
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  const { long } = found;
  const [input, output, write5m, write1h, read] =
    long !== undefined && prompt > long.above ? long.tariff : found.tariff;
  let total = 0n;
  total += BigInt(usage.input) * BigInt(input) + BigInt(usage.output) * BigInt(output);
  total += BigInt(usage.cacheWrite5m) * BigInt(write5m) + BigInt(usage.cacheWrite1h) * BigInt(write1h);
  total += BigInt(usage.cacheRead) * BigInt(read);
  // A tenth more where answers stay in one geography.
  return staysInGeography.test(model) ? (total * 11n) / 10n : total;
}

/** Profiles of Bedrock are called by geography, maker and model. */
const staysInGeography = /^[a-z]+\.anthropic\./;
