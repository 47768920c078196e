/** When limits of a tenant's plan were nearly used up, as a file (EXP-1, LIM-3). */
import * as z from 'zod';
import { meterNames } from '../config/plans.ts';
import { report } from '../contract/report.ts';

const text = { type: 'text', classification: 'internal' } as const;
const count = { type: 'integer', classification: 'internal' } as const;

export const usageReports = {
  alerts: report({
    id: 'usage.alerts',
    summary: 'Alerts about limits of the plan that were reached or nearly so',
    parameters: z.object({ meter: z.enum(meterNames).optional() }),
    columns: {
      told_at: { type: 'timestamp', label: 'Told', classification: 'internal' },
      meter: { ...text, label: 'Meter' },
      period: { ...text, label: 'Window' },
      threshold: { ...count, label: 'Percent' },
      usage_limit: { ...count, label: 'Limit' },
      used: { ...count, label: 'Used' },
    },
    permission: 'tenant:read',
    capability: 'settings',
    order: ['told_at', 'meter', 'period', 'threshold', 'usage_limit'],
    appendOnly: false,
    requirements: ['EXP-1', 'LIM-3'],
  }),
};
