/** Security events of all tenants, and of none, for the platform's staff (AUD-3, TEN-11). */
import { anyonesSecurityEventSchema, securityEventFilter } from '../audit/security-events.contract.ts';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf } from '../contract/page.ts';

export const eventsContract = {
  securityEvents: endpoint({
    plane: 'platform',
    method: 'GET',
    path: '/v1/platform/security-events',
    summary: 'Security events of all tenants and of the platform, newest first',
    query: securityEventFilter.extend({ tenantId: idSchema('tenant').optional() }),
    output: pageOf(anyonesSecurityEventSchema),
    rate: 'standard',
    capability: 'platform',
    permission: 'platform:security:read',
    requirements: ['AUD-3', 'TEN-11'],
  }),
};
