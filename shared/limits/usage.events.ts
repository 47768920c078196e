/** Facts about a tenant’s usage, and what is done about them. */
import * as z from 'zod';
import { meterNames, usageWindows } from '../config/plans.ts';
import { event } from '../contract/event.ts';
import { idSchema } from '../contract/ids.ts';
import { job } from '../contract/job.ts';

/** At how much of a limit a tenant is told, in percent (LIM-3). */
export const usageThresholds = [80, 100] as const;

export type UsageThreshold = (typeof usageThresholds)[number];

const reached = {
  meter: z.enum(meterNames),
  window: z.enum(usageWindows),
  threshold: z.literal(usageThresholds).describe('Percent of the limit'),
  limit: z.int(),
  used: z.int().describe('When it was noticed'),
  resetsAt: z.iso.datetime(),
};

export const usageEvents = {
  thresholdReached: event({
    type: 'usageThresholdReached',
    summary: 'A tenant has used four fifths, or all, of what its plan includes in a window',
    data: z.object({ tenantId: idSchema('tenant'), ...reached }),
    requirements: ['LIM-3'],
  }),
};

export const usageJobs = {
  mailOwner: job({
    name: 'usage.mailOwner',
    summary: 'Mail an owner that a limit is nearly, or wholly, used up',
    // Not the address: the worker reads it, if they are an owner still.
    payload: z.object({ userId: idSchema('user'), ...reached }),
    capability: 'usage_mail',
    requirements: ['LIM-3', 'CAP-3'],
  }),
};

/** A threshold that was reached, as an event and a mail tell it. */
export type Reached = z.output<z.ZodObject<typeof reached>>;
