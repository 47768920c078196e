/**
 * Prices against a second arithmetic (AI-2): the cost of calls of every size and kind against the bill of a provider
 * that shares nothing with it, and what was reserved against what came out.
 */
import { priceOf } from '#shared/ai/pricing/price-of.ts';
import { worstCase } from '#shared/ai/pricing/worst-case.ts';
import { priceBook, type PricedProvider, priceTiers } from '#shared/config/prices.ts';
import { Failure } from '#shared/contract/errors.ts';
import { billOf } from './budget/invoice.ts';
import { seeded } from './budget/upstream.ts';
import type { Report } from './figures.ts';

export const summary = 'Prices of model calls against an invoice of another arithmetic, to the last digit';

const each = 50_000;
const at = new Date('2026-11-21T12:00:00Z');

/** Those that the invoice has a list of. */
const billed: { provider: PricedProvider; model: string }[] = [
  { provider: 'anthropic', model: 'claude-haiku-5-5' },
  { provider: 'anthropic', model: 'claude-sonnet-5-5' },
  { provider: 'openai', model: 'gpt-6-luna' },
  { provider: 'openai', model: 'gpt-6.1-sol' },
];

export function run(report: Report): Promise<void> {
  const random = seeded(2);
  const [differ, above]: string[][] = [[], []];
  let tried = 0;
  for (const priced of billed) {
    report.progress(`${each} calls of ${priced.model}`);
    for (let n = 0; n < each; n += 1) {
      const usage = usageOf(random);
      const [cost, bill] = [priceOf(priced, usage, at), billOf(priced.model, usage)];
      tried += 1;
      if (cost !== bill) differ?.push(`${priced.model} ${JSON.stringify(usage)}: ${cost}, billed ${bill}`);
      const inputTokens = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
      const worst = worstCase(priced, { inputTokens, outputTokens: usage.output, from: at, until: at });
      if (bill > worst) above?.push(`${priced.model} ${JSON.stringify(usage)}: ${bill} of ${worst}`);
    }
  }
  report.none('costs that differ from the invoice', differ?.length ?? 0, tried, differ);
  report.none('invoices above what was reserved', above?.length ?? 0, tried, above);
  const { wrong, cases } = refusals();
  report.none('calls without a price that were priced', wrong.length, cases, wrong);
  report.figure('rows of the price book', priceBook.length, 'rows', { atLeast: 1 });
  report.figure('rows without a source', priceBook.filter(({ source }) => source === '').length, 'rows', {
    exactly: 0,
  });
  return Promise.resolve();
}

/** Often around the lengths at which prices change, and with counts of nothing. */
function usageOf(random: () => number) {
  const count = (most: number) => (random() < 0.2 ? 0 : Math.floor(random() * most));
  const edge = [100_000, 272_000][Math.floor(random() * 2)] ?? 0;
  const [cacheRead, cacheWrite5m, cacheWrite1h] = [count(30_000), count(30_000), count(30_000)];
  const atEdge = edge - cacheRead - cacheWrite5m - cacheWrite1h + Math.floor(random() * 3) - 1;
  const input = random() < 0.5 ? atEdge : count(400_000);
  return { input, output: count(64_000), cacheRead, cacheWrite5m, cacheWrite1h };
}

/** Every model with every provider and tier that the book does not name, and every model a day before its first row. */
function refusals(): { wrong: string[]; cases: number } {
  const wrong: string[] = [];
  let cases = 0;
  const refuse = (provider: PricedProvider, model: string, when: Date, tier: (typeof priceTiers)[number]) => {
    cases += 1;
    try {
      worstCase({ provider, model, tier }, { inputTokens: 1, outputTokens: 1, from: when, until: when });
      wrong.push(`${provider} ${model} ${tier} at ${when.toISOString()}`);
    } catch (error) {
      if (!(error instanceof Failure) || error.problem.code !== 'ai.unpriced') throw error;
    }
  };
  for (const model of [...new Set(priceBook.map((row) => row.model)), 'claude-next', '']) {
    for (const provider of ['anthropic', 'openai', 'bedrock'] as const) {
      const rows = priceBook.filter((row) => row.provider === provider && row.model === model);
      if (rows.length === 0) refuse(provider, model, at, 'standard');
      const first = rows.map(({ from }) => Date.parse(from)).sort((one, other) => one - other)[0];
      if (first !== undefined) refuse(provider, model, new Date(first - 1), 'standard');
      for (const tier of priceTiers) {
        const known = tier === 'standard' || rows.every(({ tiers }) => tiers?.[tier] !== undefined);
        if (rows.length > 0 && !known) refuse(provider, model, at, tier);
      }
    }
  }
  return { wrong, cases };
}
