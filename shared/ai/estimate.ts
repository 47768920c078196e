/** What a call may need and cost, told before it is made. Nothing is reserved, and no model called. */
import { modelNamed } from '../config/models.ts';
import type { Transaction } from '../contract/context.ts';
import { fail } from '../contract/errors.ts';
import { sql } from '../db/sql.ts';
import type { Asked } from './engine.ts';
import { unpriced } from './money.contract.ts';
import { priceOf } from './pricing/price-of.ts';
import { type Priced, rowsBetween } from './pricing/price-row.ts';
import { worstCase } from './pricing/worst-case.ts';
import { mostInputTokens } from './tokens.ts';

/** Tokens that few calls need less than, and few more than; and those that none needs more than. */
export type TokenRange = { from: number; to: number; most: number };

export type Estimate = {
  inputTokens: TokenRange;
  outputTokens: TokenRange;
  /** What the expected answer goes by. */
  outputFrom: 'ledger' | 'request';
  fromPico: bigint;
  toPico: bigint;
  worstPico: bigint;
};

/**
 * The estimate of a call to a model, by the prices of now.
 * @throws Failure `ai.unpriced`
 */
export async function estimate(
  tx: Transaction,
  asked: Asked,
  { model, now }: { model: string; now: Date },
): Promise<Estimate> {
  const priced = pricedOffers(model, now);
  if (priced.length === 0) throw fail(unpriced);
  const inputTokens = inputRange(asked.request);
  const { outputFrom, ...outputTokens } = await outputRange(tx, asked, model);
  const bounds = { from: now, until: new Date(now.getTime() + longestCallMs) };
  const costs = (input: number, output: number) =>
    priced.map((one) => priceOf(one, { ...uncached, input, output }, now));
  const worst = priced.map((one) =>
    worstCase(one, { ...bounds, inputTokens: inputTokens.most, outputTokens: outputTokens.most }),
  );
  return {
    ...{ inputTokens, outputTokens, outputFrom },
    fromPico: least(costs(inputTokens.from, outputTokens.from)),
    toPico: greatest(costs(inputTokens.to, outputTokens.to)),
    worstPico: greatest(worst),
  };
}

/** Who has a model, as far as there is a price for it now. */
export function pricedOffers(model: string, now: Date): Priced[] {
  return (modelNamed(model)?.offers ?? [])
    .map(({ provider }) => ({ provider, model }))
    .filter((priced) => rowsBetween(priced, now, now).length > 0);
}

/** As long as the function that calls models may run: a price may change in between. */
const longestCallMs = 15 * 60_000;
const uncached = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/** Texts in most languages and programs have between two and six bytes a token. */
const bytesPerToken = { few: 2, many: 6 };
/** Around each message: roles and separators. */
const aroundMessage = 8;

function inputRange(request: Asked['request']): TokenRange {
  const most = mostInputTokens({ ...request, model: '' });
  const bytes = Buffer.byteLength(
    JSON.stringify([request.system ?? '', request.messages, request.tools ?? '']),
  );
  const around = aroundMessage * (request.messages.length + 1);
  return {
    from: Math.ceil(bytes / bytesPerToken.many),
    to: Math.min(most, Math.ceil(bytes / bytesPerToken.few) + around),
    most,
  };
}

/** Fewer calls than these say little about the next one. */
const fewestCalls = 20;
const latestCalls = 500;
const lookBackDays = 30;

/** Nine of ten answers lie between; by the tenant's latest calls of the same use and model where there are enough. */
async function outputRange(
  tx: Transaction,
  { feature, request: { maxTokens: most } }: Asked,
  model: string,
): Promise<TokenRange & Pick<Estimate, 'outputFrom'>> {
  const seen = await tx.one<{ calls: number; least: string | null; most: string | null }>(sql`
    select count(*)::integer as calls, percentile_disc(0.05) within group (order by output_tokens) as least,
      percentile_disc(0.95) within group (order by output_tokens) as most
    from (select feature, model, status, output_tokens from app.ai_calls
          where started_at > now() - make_interval(days => ${lookBackDays})
          order by started_at desc, id desc limit ${latestCalls}) latest
    where feature = ${feature} and model = ${model} and status = 'settled'`);
  if (seen.calls < fewestCalls) return { from: Math.ceil(most / 10), to: most, most, outputFrom: 'request' };
  const to = Math.min(most, Number(seen.most));
  return { from: Math.min(to, Number(seen.least)), to, most, outputFrom: 'ledger' };
}

function least(amounts: readonly bigint[]): bigint {
  return amounts.reduce((one, other) => (other < one ? other : one));
}

function greatest(amounts: readonly bigint[]): bigint {
  return amounts.reduce((one, other) => (other > one ? other : one));
}
