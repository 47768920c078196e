/** What AI costs a tenant, call by call and in sums, and what it may cost (AI-2, AI-3). */
import * as z from 'zod';
import { aiFeatureNames } from '../config/ai-features.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import {
  budgetPolicies,
  budgetScopes,
  budgetWindows,
  dollarsSchema,
  tooManyScopes,
  unknownBudget,
} from './money.contract.ts';

export const wrongSubject = problem(
  'ai.wrong_subject',
  400,
  'The subject does not fit the scope: a user’s id, a key’s id, a feature’s name, and none for the tenant.',
);

/** The longest time that a report or a file is about, in days. */
export const longestRangeDays = 366;

const subject = z.union([idSchema('user'), idSchema('apiKey'), z.enum(aiFeatureNames)]);
const budgetKey = {
  scope: z.enum(budgetScopes),
  subject: subject.optional().describe('Whom it is for; nobody where it is the tenant’s own'),
  window: z.enum(budgetWindows).describe('Days and months of the tenant’s time zone'),
};

const budgetSchema = z
  .object({
    ...budgetKey,
    limit: dollarsSchema,
    limitNow: dollarsSchema.describe('With what was granted on top for now'),
    spent: dollarsSchema,
    reserved: z.string().describe('Dollars held for calls under way'),
    policy: z.enum(budgetPolicies),
    isDefault: z.boolean().describe('The plan’s own, because the tenant has set none'),
  })
  .meta({ id: 'AiBudget' });

export type BudgetView = z.output<typeof budgetSchema>;

const callSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    status: z.string().describe('settled, bounded, failed, expired or imported'),
    userId: idSchema('user').nullable(),
    apiKeyId: idSchema('apiKey').nullable(),
    feature: z.string(),
    provider: z.string(),
    model: z.string(),
    rule: z.string(),
    inputTokens: z.int(),
    outputTokens: z.int(),
    cacheReadTokens: z.int(),
    cacheWriteTokens: z.int(),
    cost: dollarsSchema,
    latencyMs: z.int().nullable(),
    overBudget: z.boolean(),
  })
  .meta({ id: 'AiCall' });

export type CallView = z.output<typeof callSchema>;

const reportLine = z
  .object({
    key: z.string(),
    starts: z.iso.date(),
    calls: z.int(),
    inputTokens: z.string(),
    outputTokens: z.string(),
    cacheTokens: z.string(),
    cost: dollarsSchema,
    changePercent: z.number().nullable().describe('Against the period before'),
  })
  .meta({ id: 'AiCostLine' });

const common = { plane: 'tenant', rate: 'standard', meter: 'api_calls', capability: 'ai_costs' } as const;
const read = { ...common, method: 'GET', permission: 'ai:read' } as const;

/** A day of the calendar that a database knows. */
const day = z.iso
  .date()
  .refine((text) => text >= '2000-01-01' && text < '2100-01-01', 'must be a date of this century')
  .meta({ example: '2026-11-01' });
const moment = z.iso
  .datetime()
  .refine((text) => text >= '2000' && text < '2100', 'must be a time of this century')
  .meta({ example: '2026-11-01T00:00:00Z' });

export const spendingContract = {
  budgets: endpoint({
    ...read,
    path: '/v1/ai/budgets',
    summary: 'The budgets, with what is spent and held of each',
    output: z.object({ items: z.array(budgetSchema) }),
    requirements: ['AI-3'],
  }),
  setBudget: endpoint({
    ...common,
    method: 'PUT',
    path: '/v1/ai/budgets',
    summary: 'Set a budget; it holds for the next call',
    body: z.object({ ...budgetKey, limit: dollarsSchema, policy: z.enum(budgetPolicies).default('block') }),
    output: z.object({ items: z.array(budgetSchema) }),
    permission: 'ai:manage',
    audit: 'ai.budget_set',
    idempotency: 'optional',
    errors: [wrongSubject, tooManyScopes],
    requirements: ['AI-3'],
  }),
  removeBudget: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/ai/budgets/remove',
    summary: 'Remove a budget; the tenant’s own of a month becomes the plan’s again',
    body: z.object(budgetKey),
    output: z.object({ items: z.array(budgetSchema) }),
    permission: 'ai:manage',
    audit: 'ai.budget_removed',
    idempotency: 'optional',
    errors: [unknownBudget],
    requirements: ['AI-3'],
  }),
  increaseBudget: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/ai/budgets/increases',
    summary: 'Grant more than a budget allows, for a while and for a reason',
    body: z.object({
      ...budgetKey,
      amount: dollarsSchema.refine((text) => /[1-9]/.test(text), 'must be more than nothing'),
      reason: z.string().trim().min(1).max(500),
      expiresAt: z.iso.datetime(),
    }),
    output: z.object({ items: z.array(budgetSchema) }),
    status: 201,
    permission: 'ai:manage',
    audit: 'ai.budget_increased',
    idempotency: 'required',
    errors: [unknownBudget, problems.invalidInput],
    requirements: ['AI-3'],
  }),
  calls: endpoint({
    ...read,
    path: '/v1/ai/calls',
    summary: 'Every call of a model, newest first',
    query: pageQuery,
    output: pageOf(callSchema),
    requirements: ['AI-2'],
  }),
  exportCalls: endpoint({
    ...read,
    path: '/v1/ai/calls/export',
    summary: 'The calls of a time as CSV, oldest first; cells that a spreadsheet would run are escaped',
    query: z.object({ from: moment, until: moment, cursor: z.string().max(500).optional() }),
    output: z.object({ csv: z.string(), rows: z.int(), nextCursor: z.string().nullable() }),
    errors: [problems.invalidInput],
    requirements: ['AI-2'],
  }),
  importCalls: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/ai/calls/import',
    summary: 'Take over a run log: date, startup, iterations, cost_claude, cost_chatgpt, total_cost',
    body: z.object({
      csv: z.string().max(2_000_000),
      dryRun: z.boolean().default(true).describe('Tell what would be written, and write nothing'),
    }),
    output: z.object({
      runs: z.int(),
      entries: z.int().describe('Rows that were written, or would be; none where the file has a mistake'),
      known: z.int().describe('Rows that were there already'),
      total: dollarsSchema,
      problems: z.array(z.object({ line: z.int(), column: z.string().nullable(), message: z.string() })),
    }),
    permission: 'ai:manage',
    audit: 'ai.run_log_imported',
    idempotency: 'optional',
    requirements: ['AI-2'],
  }),
  costs: endpoint({
    ...read,
    path: '/v1/ai/costs',
    summary: 'What AI cost, by whom or what, in days, weeks or months of the tenant’s time zone',
    query: z.object({
      by: z.enum(['total', 'feature', 'user', 'model', 'provider', 'api_key']).default('total'),
      period: z.enum(['day', 'week', 'month']).default('day'),
      from: day,
      to: day,
    }),
    output: z.object({ lines: z.array(reportLine) }),
    errors: [problems.invalidInput],
    requirements: ['AI-2'],
  }),
};
