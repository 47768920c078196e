/** Facts about a tenant's usage. */
import * as z from 'zod';
import { meterNames, usageWindows } from '../config/plans.ts';
import { event } from '../contract/event.ts';
import { idSchema } from '../contract/ids.ts';

/** At how much of a limit a tenant is told, in percent (LIM-3). */
export const usageThresholds = [80, 100] as const;

export type UsageThreshold = (typeof usageThresholds)[number];

export const usageEvents = {
  thresholdReached: event({
    type: 'usageThresholdReached',
    summary: 'A tenant has used four fifths, or all, of what its plan includes in a window',
    data: z.object({
      tenantId: idSchema('tenant'),
      meter: z.enum(meterNames),
      window: z.enum(usageWindows),
      threshold: z.literal(usageThresholds).describe('Percent of the limit'),
      limit: z.int(),
      used: z.int().describe('When it was noticed'),
      resetsAt: z.iso.datetime(),
    }),
    requirements: ['LIM-3'],
  }),
};
