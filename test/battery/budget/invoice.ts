/**
 * The bill of a provider, in an arithmetic of its own: nothing here is taken from what it judges. Prices are those of
 * the providers' lists on the day of the battery, in dollars a million tokens, and are written down a second time.
 */
import type { TokenUsage } from '#shared/ai/model-call.ts';

type List = { in: string; out: string; read: string; write5m: string; write1h: string };
type Card = List & { over?: { tokens: number; list: List } };

const cards: Readonly<Record<string, Card>> = {
  'claude-haiku-5-5': {
    ...{ in: '0.10', out: '0.50', read: '0.01', write5m: '0.125', write1h: '0.20' },
    over: {
      tokens: 100_000,
      list: { in: '0.50', out: '2.50', read: '0.05', write5m: '0.625', write1h: '1.00' },
    },
  },
  'claude-sonnet-5-5': { in: '2', out: '10', read: '0.10', write5m: '2.50', write1h: '4' },
  'gpt-6-luna': {
    ...{ in: '0.10', out: '0.50', read: '0.01', write5m: '0.125', write1h: '0.125' },
    over: {
      tokens: 272_000,
      list: { in: '0.20', out: '0.75', read: '0.02', write5m: '0.25', write1h: '0.25' },
    },
  },
  'gpt-6.1-sol': {
    ...{ in: '2', out: '10', read: '0.10', write5m: '2.50', write1h: '2.50' },
    over: { tokens: 272_000, list: { in: '4', out: '15', read: '0.20', write5m: '5', write1h: '5' } },
  },
};

/** What a provider bills for one request, in 10^-12 dollars. */
export function billOf(model: string, usage: TokenUsage): bigint {
  const card = cards[model];
  if (card === undefined) throw new Error(`no price list has ${model}`);
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  const list = card.over !== undefined && prompt > card.over.tokens ? card.over.list : card;
  const positions: [number, string][] = [
    [usage.input, list.in],
    [usage.output, list.out],
    [usage.cacheRead, list.read],
    [usage.cacheWrite5m, list.write5m],
    [usage.cacheWrite1h, list.write1h],
  ];
  // Thousandths of a dollar a million tokens are 10^-9 dollars a token, exactly.
  return positions.reduce(
    (sum, [count, dollars]) => sum + BigInt(count) * BigInt(Math.round(Number(dollars) * 1_000)) * 1_000n,
    0n,
  );
}

/** Everything that was billed, by the request that it was billed for. */
export class Invoice {
  readonly #billed = new Map<string, bigint>();

  bill(requestId: string, model: string, usage: TokenUsage): void {
    this.#billed.set(requestId, this.of(requestId) + billOf(model, usage));
  }

  of(requestId: string): bigint {
    return this.#billed.get(requestId) ?? 0n;
  }

  /** The sum of the requests whose id begins so. */
  total(prefix: string): bigint {
    let sum = 0n;
    for (const [requestId, pico] of this.#billed) if (requestId.startsWith(prefix)) sum += pico;
    return sum;
  }
}
