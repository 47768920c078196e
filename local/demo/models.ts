/** Calls of models in a company's month, at the prices that held on their day, and the budgets that they count in. */
import { createHash } from 'node:crypto';
import { priceBook } from '#shared/config/prices.ts';
import { windowsAt } from './clock.ts';
import type { Chance } from './random.ts';
import type { Row } from './tables.ts';

/** A call as the ledger keeps it; only what is read again is named. */
export type Call = Row & { started_at: string; user_id: string | null; feature: string; cost_pico: string };

/** Whom a budget is for, as `app.ai_budgets` has it. */
export type Scope = { scope: 'tenant' | 'user' | 'feature'; subject: string };

type Callers = { people: readonly [string, ...string[]]; apiKeyId: string | undefined };

/** The calls of those moments, for a tenant. */
export function callsAt(
  chance: Chance,
  tenantId: string,
  moments: readonly Date[],
  { people, apiKeyId }: Callers,
): Call[] {
  return moments.flatMap((at) => {
    const feature = chance.weighted(features.filter(([name]) => name !== 'api' || apiKeyId !== undefined));
    const isProgram = feature === 'api';
    const [provider, model, size] = chance.weighted(models);
    const rates = ratesAt(provider, model, at);
    // What had no price then was not called then.
    if (rates === undefined) return [];
    const input = chance.between(300, 3_000) * size;
    const isCached = chance.happens(35);
    const failed = chance.happens(2);
    const tokens = {
      input_tokens: failed ? 0 : input,
      output_tokens: failed ? 0 : chance.between(80, 900) * size,
      cache_read_tokens: failed || !isCached ? 0 : input * 2,
      cache_write_tokens: failed || !isCached ? 0 : Math.floor(input / 2),
    };
    const cost =
      BigInt(tokens.input_tokens) * rates.input +
      BigInt(tokens.output_tokens) * rates.output +
      BigInt(tokens.cache_read_tokens) * rates.cacheRead +
      BigInt(tokens.cache_write_tokens) * rates.cacheWrite5m;
    return [
      {
        ...{ tenant_id: tenantId, id: chance.id(at), started_at: at.toISOString() },
        ...{ status: failed ? 'failed' : 'settled', feature, provider, model },
        user_id: isProgram ? null : chance.pick(people),
        api_key_id: isProgram ? (apiKeyId ?? null) : null,
        rule: chance.weighted([
          ['wish', 6],
          ['default', 4],
        ]),
        ...tokens,
        cost_pico: String(cost),
        // The longest answer that the call might have had.
        reserved_pico: String(cost * 3n + 8_192n * rates.output),
        latency_ms: chance.between(400, 2_400) * Math.ceil(size / 2),
        request_id: chance.id(at),
      },
    ];
  });
}

const features = [
  ['chat', 45],
  ['content', 28],
  ['suggestions', 17],
  ['api', 10],
] as const;

/** Provider, model, and how much people give it to read. */
const models: readonly (readonly [choice: readonly [string, string, number], weight: number])[] = [
  [['anthropic', 'claude-haiku-5-5', 4], 40],
  [['anthropic', 'claude-sonnet-5-5', 6], 34],
  [['openai', 'gpt-6-luna', 4], 12],
  [['anthropic', 'claude-opus-5-5', 5], 9],
  [['openai', 'gpt-6.1-sol', 5], 5],
];

/** The prices of a model on a day, from the book that calls are charged by. */
function ratesAt(provider: string, model: string, at: Date) {
  const day = at.toISOString().slice(0, 10);
  const rows = priceBook.filter((row) => row.provider === provider && row.model === model && row.from <= day);
  return rows.sort((left, right) => left.from.localeCompare(right.from)).at(-1)?.rates;
}

/** What the calls of the windows under way have cost, by the counters that reservations go by. */
export function countersOf(
  calls: readonly Call[],
  { scopes, timeZone, at }: { scopes: readonly Scope[]; timeZone: string; at: Date },
): Record<string, bigint> {
  const { day, month } = windowsAt(timeZone, at);
  const counters: Record<string, bigint> = {};
  for (const scope of [tenantScope, ...scopes.filter((one) => one.scope !== 'tenant')]) {
    for (const [kind, window] of [['day', day] as const, ['month', month] as const]) {
      const spent = costIn(
        calls,
        scope,
        (call) => windowsAt(timeZone, new Date(call.started_at))[kind] === window,
      );
      const name = `${window}_${tagOf(scope)}`;
      // All that is committed, and what of it was spent; nothing is reserved.
      counters[name] = spent;
      counters[`s${name}`] = spent;
    }
  }
  return counters;
}

export const tenantScope: Scope = { scope: 'tenant', subject: '' };

/** Pico-dollars of the scope's calls that fit. */
export function costIn(
  calls: readonly Call[],
  { scope, subject }: Scope,
  fits: (call: Call) => boolean,
): bigint {
  const isOf = (call: Call) =>
    scope === 'tenant' || (scope === 'user' ? call.user_id === subject : call.feature === subject);
  return calls
    .filter((call) => isOf(call) && fits(call))
    .reduce((sum, call) => sum + BigInt(call.cost_pico), 0n);
}

/** How the kernel names the counters of a scope (shared/ai/budgets/budget.ts). */
function tagOf({ scope, subject }: Scope): string {
  if (scope === 'tenant') return 't';
  return scope.charAt(0) + createHash('sha256').update(subject).digest('hex').slice(0, 15);
}

const cent = 10_000_000_000n;

/** A budget of which so many percent are spent: whole cents where that is enough. */
export function budgetWith(spentPico: bigint, percent: number): bigint {
  const exact = (spentPico * 100n) / BigInt(percent);
  return exact > 100n * cent ? (exact / cent) * cent : exact;
}
