/** Budgets as a reservation knows them: whom they are for, what they allow now, and what names their counters. */
import { createHash } from 'node:crypto';
import { defaultDailyAlert, defaultMonthlyBudget } from '../../config/ai-limits.ts';
import type { Plan } from '../../config/plans.ts';
import type { BudgetPolicy, BudgetScopeKind, BudgetWindow } from '../money.contract.ts';
import { toPico } from '../pricing/pico.ts';

/** Whom a budget is for: `subject` is a user's or key's bare UUID, a feature's name, or empty for the tenant. */
export type Scope = { kind: BudgetScopeKind; subject: string };

/** One budget. */
export type Budget = Scope & {
  window: BudgetWindow;
  limitPico: bigint;
  /** What happens at the limit; `alert`: the tenant is told that its day has cost as much, and nothing stops. */
  policy: BudgetPolicy | 'alert';
  /** What was granted on top for a while. */
  increases: readonly { pico: bigint; untilMs: number }[];
};

/** The scopes that a call belongs to. */
export type Spender = { userId?: string | undefined; apiKeyId?: string | undefined; feature: string };

export const tenantScope: Scope = { kind: 'tenant', subject: '' };

/** All scopes of a call, whether they have a budget or not. */
export function scopesOf({ userId, apiKeyId, feature }: Spender): Scope[] {
  return [
    tenantScope,
    ...(userId === undefined ? [] : [{ kind: 'user' as const, subject: userId }]),
    { kind: 'feature', subject: feature },
    ...(apiKeyId === undefined ? [] : [{ kind: 'api_key' as const, subject: apiKeyId }]),
  ];
}

const initials = { tenant: 't', user: 'u', feature: 'f', api_key: 'k' } as const;

/** What the counters of a scope are named by: short, because each of them is sent with every update. */
export function tagOf({ kind, subject }: Scope): string {
  if (kind === 'tenant') return initials.tenant;
  // 60 bits: that two of a tenant's 200 scopes meet is not going to happen.
  return initials[kind] + createHash('sha256').update(subject).digest('hex').slice(0, 15);
}

/** What a budget allows at a moment. */
export function limitAt({ limitPico, increases }: Budget, now: Date): bigint {
  return increases.reduce(
    (sum, { pico, untilMs }) => (untilMs > now.getTime() ? sum + pico : sum),
    limitPico,
  );
}

/** The budgets in force: what was set, and the plan's own for a tenant that has set none for its month or its alert. */
export function inForce(budgets: readonly Budget[], plan: Plan): readonly Budget[] {
  const isSet = budgets.some(({ kind, window }) => kind === 'tenant' && window === 'month');
  const isTold = budgets.some(({ policy }) => policy === 'alert');
  return [
    ...budgets,
    ...(isSet ? [] : [defaultBudget(plan)]),
    ...(isTold ? [] : [dailyAlertAt(toPico(defaultDailyAlert[plan]))]),
  ];
}

/** The alert of a tenant whose day has cost so much: a budget that nothing is reserved against. */
export function dailyAlertAt(limitPico: bigint): Budget {
  return { ...tenantScope, window: 'day', policy: 'alert', increases: [], limitPico };
}

function defaultBudget(plan: Plan): Budget {
  return {
    ...tenantScope,
    ...{ window: 'month', policy: 'block', increases: [] },
    limitPico: toPico(defaultMonthlyBudget[plan]),
  };
}

type Packed = [BudgetScopeKind, string, BudgetWindow, string, Budget['policy'], [string, number][]];

/** Budgets as they stand in the item. */
export function pack(budgets: readonly Budget[]): string {
  return JSON.stringify(
    budgets.map(({ kind, subject, window, limitPico, policy, increases }): Packed => [
      ...([kind, subject, window, String(limitPico), policy] as const),
      increases.map(({ pico, untilMs }) => [String(pico), untilMs]),
    ]),
  );
}

/** Budgets of an item. */
export function unpack(text: string): Budget[] {
  return (JSON.parse(text) as Packed[]).map(([kind, subject, window, limit, policy, increases]) => ({
    ...{ kind, subject, window, limitPico: BigInt(limit), policy },
    increases: increases.map(([pico, untilMs]) => ({ pico: BigInt(pico), untilMs })),
  }));
}
