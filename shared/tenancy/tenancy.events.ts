/** Facts about tenants, named after sbt-aws where it has a name. */
import * as z from 'zod';
import { planNames } from '../config/plans.ts';
import { regionNames } from '../config/regions.ts';
import { event } from '../contract/event.ts';
import { idSchema } from '../contract/ids.ts';

export const tenancyEvents = {
  onboardingRequest: event({
    type: 'onboardingRequest',
    summary: 'A tenant was created and wants to be provisioned',
    data: z.object({
      tenantId: idSchema('tenant'),
      slug: z.string(),
      region: z.enum(regionNames),
      plan: z.enum(planNames),
    }),
    requirements: ['TEN-2'],
  }),
};
