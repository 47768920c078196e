/** The platform's own view of tenants (ACC-1): its plane shares neither permissions nor login with theirs. */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { tenantSchema, tenantStatusSchema } from '../tenancy/tenancy.contract.ts';
import { aiPlatformContract } from './ai-routes.contract.ts';
import { configurationContract, reason } from './configuration.contract.ts';
import { fleetContract } from './fleet.contract.ts';
import { usersContract } from './users.contract.ts';

export const wrongStatus = problem('platform.wrong_status', 409, 'The tenant’s status does not allow this.');

const common = { plane: 'platform', rate: 'standard', capability: 'platform' } as const;
const params = { tenantId: idSchema('tenant') };

export const platformContract = {
  tenants: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/tenants',
    summary: 'All tenants, newest first',
    query: pageQuery.extend({
      status: tenantStatusSchema.optional(),
      search: z.string().max(100).optional().describe('Part of the slug or the name'),
    }),
    output: pageOf(tenantSchema),
    permission: 'platform:tenants:read',
    requirements: ['TEN-1', 'ACC-1'],
  }),
  tenant: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/tenants/{tenantId}',
    summary: 'One tenant',
    params,
    output: tenantSchema,
    permission: 'platform:tenants:read',
    errors: [problems.notFound],
    requirements: ['TEN-1', 'ACC-1'],
  }),
  suspend: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/platform/tenants/{tenantId}/suspend',
    summary: 'Suspend a tenant: its members are refused until it is resumed',
    params,
    body: z.object({ reason }),
    output: tenantSchema,
    permission: 'platform:tenants:suspend',
    audit: 'tenant.suspended',
    idempotency: 'optional',
    errors: [problems.notFound, wrongStatus],
    requirements: ['TEN-3', 'TEN-4', 'ACC-1'],
  }),
  resume: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/platform/tenants/{tenantId}/resume',
    summary: 'Resume a suspended tenant',
    params,
    body: z.object({ reason }),
    output: tenantSchema,
    permission: 'platform:tenants:suspend',
    audit: 'tenant.resumed',
    idempotency: 'optional',
    errors: [problems.notFound, wrongStatus],
    requirements: ['TEN-3', 'TEN-4', 'ACC-1'],
  }),
  ...configurationContract,
  ...aiPlatformContract,
  ...fleetContract,
  ...usersContract,
};
