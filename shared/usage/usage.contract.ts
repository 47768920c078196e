/** What a tenant has used of its plan, and what is left (LIM-2); in OpenMeter's words. */
import * as z from 'zod';
import { meterNames, planNames, usageWindows } from '../config/plans.ts';
import { endpoint } from '../contract/endpoint.ts';

const entitlement = z.object({
  hasAccess: z.boolean().describe('Whether one more is admitted'),
  balance: z.int().nullable().describe('What is left; null where there is no limit'),
  usage: z.int(),
  overage: z.int().describe('What was used beyond the limit, as after a downgrade'),
  limit: z.int().nullable().describe('null where there is none'),
});

export type Entitlement = z.output<typeof entitlement>;

export const usageContract = {
  get: endpoint({
    plane: 'tenant',
    method: 'GET',
    path: '/v1/usage',
    // Not metered: whoever has used up their calls shall be able to see it.
    summary:
      'What the tenant has used in each window, and what is left; asking is not counted as an API call',
    output: z
      .object({
        plan: z.enum(planNames),
        timeZone: z.string().describe('Days and months begin there'),
        meters: z.array(
          entitlement.extend({
            meter: z.enum(meterNames),
            window: z.enum(usageWindows),
            startsAt: z.iso.datetime(),
            resetsAt: z.iso.datetime(),
          }),
        ),
        seats: entitlement.describe('Members and open invitations'),
        storageBytes: entitlement.describe('What the tenant has stored as files'),
      })
      .meta({ id: 'Usage' }),
    rate: 'standard',
    capability: 'settings',
    permission: 'tenant:read',
    requirements: ['LIM-2', 'VAL-1'],
  }),
};
