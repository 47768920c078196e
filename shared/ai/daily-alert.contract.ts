/** What a tenant's day of AI may cost before its owners are told of it (AI-2). It stops nothing: budgets do. */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';
import { dollarsSchema } from './money.contract.ts';

const alertSchema = z
  .object({
    threshold: dollarsSchema,
    isDefault: z.boolean().describe('The plan’s own, because the tenant has set none'),
    spentToday: dollarsSchema,
    toldToday: z.boolean().describe('Owners are told once a day, whatever becomes of the threshold'),
  })
  .meta({ id: 'AiDailyAlert' });

export type DailyAlert = z.output<typeof alertSchema>;

const common = {
  plane: 'tenant',
  path: '/v1/ai/daily-alert',
  rate: 'standard',
  meter: 'api_calls',
  capability: 'ai_costs',
  output: alertSchema,
  requirements: ['AI-2'],
} as const;

export const dailyAlertContract = {
  dailyAlert: endpoint({
    ...common,
    method: 'GET',
    summary: 'What a day may cost before the owners are told, and what this one has cost',
    permission: 'ai:read',
  }),
  setDailyAlert: endpoint({
    ...common,
    method: 'PUT',
    summary: 'Set what a day may cost before the owners are told; null goes back to the plan’s own',
    body: z.object({ threshold: dollarsSchema.nullable() }),
    permission: 'ai:manage',
    audit: 'ai.daily_alert_set',
    idempotency: 'optional',
  }),
};
