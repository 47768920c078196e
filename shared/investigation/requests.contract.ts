/** What was kept of one request, in whatever tenant; for the platform's staff (AUD-2, AUD-3, OPS-1). */
import * as z from 'zod';
import { requestIdSchema, requestTraceSchema } from '../audit/requests.contract.ts';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';

const anyonesTraceSchema = requestTraceSchema
  .extend({ tenantId: idSchema('tenant').nullable() })
  .meta({ id: 'AnyonesRequestTrace' });

export const requestsContract = {
  request: endpoint({
    plane: 'platform',
    method: 'GET',
    path: '/v1/platform/requests/{requestId}',
    summary: 'What was kept of one request, in order: ids and facts; that it was looked up is audited',
    params: { requestId: requestIdSchema },
    query: z.object({
      reason: z.string().trim().min(3).max(500).describe('Why; stands in the audit trail'),
    }),
    output: z.object({ items: z.array(anyonesTraceSchema) }),
    rate: 'standard',
    capability: 'platform',
    permission: 'platform:requests:read',
    audit: 'request.looked_up',
    requirements: ['AUD-2', 'AUD-3', 'OPS-1', 'UI-2'],
  }),
};
