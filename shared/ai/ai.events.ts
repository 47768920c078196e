/** What the AI module tells others. */
import * as z from 'zod';
import { event } from '../contract/event.ts';
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
};
