/** What the AI module tells others. */
import * as z from 'zod';
import { event } from '../contract/event.ts';
import { idSchema } from '../contract/ids.ts';
import { job } from '../contract/job.ts';
import { budgetScopes, budgetWindows, dollarsSchema } from './money.contract.ts';

export const aiEvents = {
  budgetThresholdReached: event({
    type: 'aiBudgetThresholdReached',
    summary: 'A budget for AI is nearly spent; once for each window and share',
    data: z.object({
      scope: z.enum(budgetScopes),
      /** A bare id or a feature's name; empty for the tenant itself. */
      subject: z.string(),
      window: z.enum(budgetWindows),
      /** `d20261121` or `M202611`. */
      period: z.string(),
      percent: z.int(),
      spent: dollarsSchema,
      limit: dollarsSchema,
    }),
    requirements: ['AI-3'],
  }),
  dailyCostReached: event({
    type: 'aiDailyCostReached',
    summary: 'A tenant’s day of AI has cost as much as it wants to be told of; once a day',
    data: z.object({
      /** A day of the tenant’s time zone: `d20261121`. */
      period: z.string(),
      spent: dollarsSchema,
      threshold: dollarsSchema,
    }),
    requirements: ['AI-2'],
  }),
};

export const aiJobs = {
  mailOwner: job({
    name: 'ai.mailOwner',
    summary: 'Mail an owner that a day of AI has cost so much, or that the tenant’s budget is nearly spent',
    // Not the address: the worker reads it, if they are an owner still.
    payload: z.object({
      userId: idSchema('user'),
      window: z.enum(budgetWindows),
      percent: z
        .int()
        .nullable()
        .describe('Of the budget; null: what a day may cost before its tenant is told'),
      spent: dollarsSchema,
      limit: dollarsSchema,
    }),
    capability: 'usage_mail',
    requirements: ['AI-2', 'AI-3', 'CAP-3'],
  }),
};

/** What a mail tells. */
export type CostTold = Omit<z.output<typeof aiJobs.mailOwner.payload>, 'userId'>;
