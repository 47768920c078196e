/** What AI costs a tenant, as files: call by call, and by day (EXP-1, AI-2). */
import * as z from 'zod';
import { report } from '../contract/report.ts';

const text = { type: 'text', classification: 'internal' } as const;
const count = { type: 'integer', classification: 'internal' } as const;
const dollars = { type: 'decimal', classification: 'internal' } as const;
const common = { permission: 'ai:read', capability: 'ai_costs', requirements: ['EXP-1', 'AI-2'] } as const;
const day = z.iso
  .date()
  .refine((date) => date >= '2000-01-01' && date < '2100-01-01', 'must be of this century');

export const aiReports = {
  calls: report({
    ...common,
    id: 'ai.calls',
    summary: 'The ledger: every call of a model and what it cost, oldest first',
    parameters: z.object({
      from: z.iso.datetime({ offset: true }).optional().describe('Not before'),
      to: z.iso.datetime({ offset: true }).optional().describe('Before'),
      feature: z.string().max(100).optional(),
      model: z.string().max(100).optional(),
    }),
    columns: {
      started_at: { type: 'timestamp', label: 'Time', classification: 'internal' },
      id: { type: 'id', of: null, label: 'Call', classification: 'internal', printed: false },
      status: { ...text, label: 'Status' },
      user_id: { type: 'id', of: 'user', label: 'User', classification: 'personal' },
      api_key_id: { type: 'id', of: 'apiKey', label: 'Key', classification: 'internal', printed: false },
      feature: { ...text, label: 'Feature' },
      provider: { ...text, label: 'Provider' },
      model: { ...text, label: 'Model' },
      rule: { ...text, label: 'Rule', printed: false },
      input_tokens: { ...count, label: 'Input' },
      output_tokens: { ...count, label: 'Output' },
      cache_read_tokens: { ...count, label: 'Cache read', printed: false },
      cache_write_tokens: { ...count, label: 'Cache write', printed: false },
      cost_usd: { ...dollars, label: 'USD' },
      latency_ms: { ...count, label: 'ms', printed: false },
      attempts: { ...count, label: 'Attempts', printed: false },
      over_budget: { type: 'boolean', label: 'Over', classification: 'internal' },
      request_id: { ...text, label: 'Request', printed: false },
      run: { ...text, label: 'Run', printed: false },
      iterations: { ...count, label: 'Iterations', printed: false },
    },
    order: ['started_at', 'id'],
    appendOnly: true,
  }),
  dailyCosts: report({
    ...common,
    id: 'ai.daily_costs',
    summary: 'What AI cost each day of the tenant’s time zone, by feature, provider and model',
    parameters: z.object({
      from: day.optional().describe('First day'),
      to: day.optional().describe('Last day'),
    }),
    columns: {
      day: { type: 'date', label: 'Day', classification: 'internal' },
      feature: { ...text, label: 'Feature' },
      provider: { ...text, label: 'Provider' },
      model: { ...text, label: 'Model' },
      calls: { ...count, label: 'Calls' },
      input_tokens: { ...count, label: 'Input' },
      output_tokens: { ...count, label: 'Output' },
      cache_tokens: { ...count, label: 'Cache' },
      cost_usd: { ...dollars, label: 'USD' },
    },
    order: ['day', 'feature', 'provider', 'model'],
    appendOnly: false,
  }),
};
