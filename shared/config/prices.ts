/**
 * What model providers charge, as data: a row says from when it holds and where it was read. A price is never
 * assumed: a model without a row in force is not called. A change that is announced gets a row of its own with its
 * date; one that is called off is removed again, and nobody was charged by it.
 */

/** The providers that prices are known of. */
export type PricedProvider = 'anthropic' | 'openai' | 'bedrock';

/** Pico-dollars (10^-12 USD) for one token of each kind. */
export type Rates = {
  input: bigint;
  output: bigint;
  cacheRead: bigint;
  cacheWrite5m: bigint;
  cacheWrite1h: bigint;
};

/** How a request is served, where it changes the price. */
export const priceTiers = ['standard', 'batch', 'flex', 'priority', 'regional'] as const;

export type PriceTier = (typeof priceTiers)[number];

/** Multiplies every rate, exactly: `{ times: 11n, over: 10n }` is 10 % more. */
export type Multiplier = { times: bigint; over: bigint };

export type PriceRow = {
  provider: PricedProvider;
  model: string;
  /**
   * The day from which it is known to hold, at 00:00 UTC; until the next row of the model begins. It may have held
   * before, but nobody here has seen it.
   */
  from: string;
  rates: Rates;
  /** What holds for the whole request once its prompt, cache reads and writes included, has more tokens than that. */
  longContext?: { above: number; rates: Rates };
  /** Besides `standard`, which every row has; a tier that is missing is not priced. */
  tiers?: Partial<Record<Exclude<PriceTier, 'standard'>, Multiplier>>;
  /** Where it was read, and when. */
  source: string;
};

const half = { times: 1n, over: 2n };
const twice = { times: 2n, over: 1n };
const tenthMore = { times: 11n, over: 10n };

/** Pico-dollars a token, from dollars a million tokens as price lists write them: `'0.125'` is 125,000. */
export function perMillion(dollars: string): bigint {
  const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(dollars) ?? [];
  if (whole === '') throw new TypeError(`not a price with at most six decimals: ${dollars}`);
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

/** In the order of price lists: input, output, cache write for 5 minutes and for an hour, cache read. */
function rates(input: string, output: string, write5m: string, write1h: string, read: string): Rates {
  return {
    input: perMillion(input),
    output: perMillion(output),
    cacheWrite5m: perMillion(write5m),
    cacheWrite1h: perMillion(write1h),
    cacheRead: perMillion(read),
  };
}

const anthropicPage = 'platform.claude.com/docs/en/about-claude/pricing';
const openaiPage = 'developers.openai.com/api/docs/pricing';

const opus = rates('4', '20', '5', '8', '0.20');
const sonnet = rates('2', '10', '2.50', '4', '0.10');
const haiku = rates('0.10', '0.50', '0.125', '0.20', '0.01');
const haikuLong = { above: 100_000, rates: rates('0.50', '2.50', '0.625', '1.00', '0.05') };
const earlierOpus = rates('5', '25', '6.25', '10', '0.50');
const earlierHaiku = rates('1', '5', '1.25', '2', '0.10');

const claude = { provider: 'anthropic', tiers: { batch: half, regional: tenthMore } } as const;
/** A tenant's data stay in its region, so what is called there is a regional endpoint: a tenth above the list. */
const onBedrock = {
  provider: 'bedrock',
  source: `${anthropicPage} (Bedrock at list price, a tenth more on regional endpoints), 2026-11-21`,
} as const;

function regional({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: Rates): Rates {
  const more = (rate: bigint) => (rate * tenthMore.times) / tenthMore.over;
  return {
    ...{ input: more(input), output: more(output), cacheRead: more(cacheRead) },
    ...{ cacheWrite5m: more(cacheWrite5m), cacheWrite1h: more(cacheWrite1h) },
  };
}
const gpt = { provider: 'openai', tiers: { batch: half, flex: half, priority: twice } } as const;

/** Above this many tokens OpenAI charges twice the input and one and a half times the output. */
const gptLongAbove = 272_000;

/** Every price that is known, in any order. */
export const priceBook: readonly PriceRow[] = [
  {
    ...claude,
    ...{ model: 'claude-opus-5-5', from: '2026-09-22', rates: opus },
    source: `${anthropicPage}, as read on 2026-09-23 (second hand: claudit 1.8.2) and 2026-10-24`,
  },
  {
    ...claude,
    ...{ model: 'claude-sonnet-5-5', from: '2026-10-01' },
    rates: { ...sonnet, cacheRead: perMillion('0.20') },
    source: `${anthropicPage}, as read before 2026-10-07 (second hand: PromptFuel 1.0.23)`,
  },
  {
    ...claude,
    ...{ model: 'claude-sonnet-5-5', from: '2026-10-07', rates: sonnet },
    source: `${anthropicPage}, as read on 2026-10-24 (second hand: claudit 1.9.2, PromptFuel 1.0.23)`,
  },
  {
    ...claude,
    ...{ model: 'claude-haiku-5-5', from: '2026-10-07', rates: haiku, longContext: haikuLong },
    source: `${anthropicPage}, as read on 2026-10-24 (second hand: claudit 1.9.2)`,
  },
  {
    ...claude,
    ...{ model: 'claude-opus-5', from: '2026-07-24', rates: earlierOpus },
    source: 'platform.claude.com/docs/about-claude/models/whats-new-opus-5, 2026-11-21',
  },
  {
    ...claude,
    ...{ model: 'claude-haiku-4-5', from: '2025-10-15', rates: earlierHaiku },
    source: `${anthropicPage}, stored copy of 2026-11-21`,
  },
  {
    ...gpt,
    ...{ model: 'gpt-6.1-sol', from: '2026-09-29', rates: rates('2', '10', '2.50', '2.50', '0.10') },
    longContext: { above: gptLongAbove, rates: rates('4', '15', '5', '5', '0.20') },
    source: `${openaiPage}, as read on 2026-09-30 (second hand: Codex-Manager 0.4.7)`,
  },
  {
    ...gpt,
    ...{ model: 'gpt-6-luna', from: '2026-09-22', rates: rates('0.10', '0.50', '0.125', '0.125', '0.01') },
    longContext: { above: gptLongAbove, rates: rates('0.20', '0.75', '0.25', '0.25', '0.02') },
    source: `${openaiPage}, as read on 2026-09-22 (second hand: codexometer 0.18.4)`,
  },
  {
    ...{ provider: 'openai', model: 'text-embedding-3-small', from: '2024-01-25', tiers: { batch: half } },
    rates: rates('0.02', '0', '0.02', '0.02', '0.02'),
    source: `${openaiPage} (second hand: zilliz.com/ai-models, 2026-11-21)`,
  },
  { ...onBedrock, model: 'claude-opus-5-5', from: '2026-09-22', rates: regional(opus) },
  { ...onBedrock, model: 'claude-sonnet-5-5', from: '2026-10-07', rates: regional(sonnet) },
  {
    ...onBedrock,
    ...{ model: 'claude-haiku-5-5', from: '2026-10-07', rates: regional(haiku) },
    longContext: { above: haikuLong.above, rates: regional(haikuLong.rates) },
  },
  {
    ...{ provider: 'bedrock', model: 'titan-embed-text-v2', from: '2024-04-30' },
    rates: rates('0.02', '0', '0.02', '0.02', '0.02'),
    source: 'aws.amazon.com/bedrock/pricing (second hand: vercel.com/ai-gateway, 2026-11-21)',
  },
];
