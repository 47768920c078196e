/** People of all tenants, as the platform's staff find them (UI-2, AUD-2). */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';
import { roleNames } from '../contract/roles.ts';
import { reason } from './configuration.contract.ts';

/** So many are shown at most: who looks for somebody says more, who wants everybody asks in vain. */
export const mostUsers = 50;

const userSchema = z
  .object({
    id: idSchema('user'),
    email: z.string(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    memberships: z
      .array(
        z.object({
          tenantId: idSchema('tenant'),
          name: z.string(),
          slug: z.string(),
          role: z.enum(roleNames),
        }),
      )
      .describe('Tenants that they are members of'),
  })
  .meta({ id: 'PlatformUser' });

export const usersContract = {
  users: endpoint({
    plane: 'platform',
    method: 'GET',
    path: '/v1/platform/users',
    summary: 'People by a part of their address or name, or by their id; that they were looked up is audited',
    query: z.object({
      search: z.string().trim().min(3).max(100).describe('Part of the address or the name, or the id'),
      reason: reason.describe('Why; stands in the audit trail'),
    }),
    output: z.object({
      items: z.array(userSchema),
      isCut: z.boolean().describe(`More than ${mostUsers} fit, and the rest is left out`),
    }),
    rate: 'standard',
    capability: 'platform',
    permission: 'platform:users:read',
    audit: 'user.looked_up',
    requirements: ['UI-2', 'AUD-2', 'ACC-1'],
  }),
};
