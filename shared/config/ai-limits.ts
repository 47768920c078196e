/** What AI may cost and how often it may be called, where nobody has decided otherwise. */
import type { Plan } from './plans.ts';

/** A tenant's budget of a month in dollars, by plan (AI-3); at its end calls are refused. */
export const defaultMonthlyBudget: Readonly<Record<Plan, string>> = {
  basic: '10',
  pro: '100',
  enterprise: '1000',
};

/** Shares of a budget, in percent, at which its tenant is told, once in each window (AI-3). */
export const budgetAlertsAt = [80, 90] as const;

/** What a tenant's day may cost, in dollars, before its owners are told of it, by plan (AI-2); it stops nothing. */
export const defaultDailyAlert: Readonly<Record<Plan, string>> = { basic: '1', pro: '10', enterprise: '100' };

/** The most users, features and API keys of a tenant that have a budget of their own. */
export const mostBudgetScopes = 200;

/** Calls of a model by one person in a day (LIM-1). */
export const aiCallsPerUserDay = 100;

/** How long prompts and answers are kept, of tenants that asked for it. */
export const transcriptDays = 30;

/** How long after its call's own deadline a hold is waited for. */
export const holdGraceMs = 60_000;

/** What the platform charges a tenant on top of what providers charge it, in percent, by plan. */
export const aiMarkupPercent: Readonly<Record<Plan, number>> = { basic: 30, pro: 20, enterprise: 10 };
