/** What callers read when money says no, and how amounts are written: dollars as exact decimals, never as numbers. */
import * as z from 'zod';
import { problem } from '../contract/errors.ts';

export const unpriced = problem(
  'ai.unpriced',
  422,
  'There is no price for this model, so it cannot be called.',
);
export const budgetReached = problem('limit.budget', 429, 'The budget for AI is used up or reserved.');
export const tooManyScopes = problem(
  'ai.too_many_budgets',
  409,
  'There are at most 200 users, features and keys with a budget of their own.',
);
export const unknownBudget = problem('ai.unknown_budget', 404, 'There is no such budget.');

/** Whom a budget is for. The tenant’s own has no subject. */
export const budgetScopes = ['tenant', 'user', 'feature', 'api_key'] as const;
export type BudgetScopeKind = (typeof budgetScopes)[number];

/** Days and months of the tenant’s time zone. */
export const budgetWindows = ['day', 'month'] as const;
export type BudgetWindow = (typeof budgetWindows)[number];

/** What happens at the limit: calls are refused, or go on and are charged. */
export const budgetPolicies = ['block', 'overage'] as const;
export type BudgetPolicy = (typeof budgetPolicies)[number];

/** An amount in dollars, to the pico-dollar: `0.000125`. */
export const dollarsSchema = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,12})?$/, 'must be dollars with at most 12 decimals')
  .meta({ id: 'Dollars', example: '10.50' });
