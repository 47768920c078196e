/** The signed-in person: profile, memberships and which tenant calls mean by default (IDN-1, TEN-4). */
import * as z from 'zod';
import { planNames } from '../config/plans.ts';
import { regionNames } from '../config/regions.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { roleNames } from '../contract/roles.ts';
import { tenantStatusSchema } from '../tenancy/tenancy.contract.ts';

/** The caller, as Plinth knows them. */
export const profileSchema = z
  .object({
    id: idSchema('user'),
    email: z.string(),
    name: z.string(),
    defaultTenantId: idSchema('tenant').nullable().describe('What calls without x-tenant-id mean'),
    phone: z
      .object({ number: z.string(), verifiedAt: z.iso.datetime() })
      .nullable()
      .describe('The mobile number that was proved with a one-time code'),
    createdAt: z.iso.datetime(),
    impersonation: z
      .object({
        id: idSchema('impersonation'),
        staffId: idSchema('user').describe('Who really calls'),
        tenantId: idSchema('tenant'),
        reason: z.string(),
        endsAt: z.iso.datetime(),
      })
      .nullable()
      .describe('Support acts for this person: to be shown all the time. Nobody’s number is told to support'),
  })
  .meta({ id: 'Profile' });

/** A tenant that the caller belongs to, with the caller's role in it. */
export const membershipSchema = z
  .object({
    tenantId: idSchema('tenant'),
    slug: z.string(),
    name: z.string(),
    plan: z.enum(planNames),
    region: z.enum(regionNames),
    status: tenantStatusSchema,
    role: z.enum(roleNames),
    joinedAt: z.iso.datetime(),
    isDefault: z.boolean(),
  })
  .meta({ id: 'Membership' });

export const identityContract = {
  profile: endpoint({
    plane: 'user',
    method: 'GET',
    path: '/v1/me',
    summary: 'The caller’s profile',
    output: profileSchema,
    rate: 'standard',
    meter: 'api_calls',
    capability: 'identity',
    whileImpersonating: true,
    requirements: ['IDN-1', 'IDN-11'],
  }),
  update: endpoint({
    plane: 'user',
    method: 'PATCH',
    path: '/v1/me',
    summary: 'Change the caller’s name',
    body: z.object({ name: z.string().trim().min(1).max(100) }),
    output: profileSchema,
    rate: 'standard',
    meter: 'api_calls',
    capability: 'identity',
    idempotency: 'optional',
    requirements: ['IDN-1'],
  }),
  memberships: endpoint({
    plane: 'user',
    method: 'GET',
    path: '/v1/me/memberships',
    summary: 'The tenants that the caller belongs to',
    output: z.object({ items: z.array(membershipSchema) }),
    rate: 'standard',
    meter: 'api_calls',
    capability: 'identity',
    requirements: ['TEN-4'],
  }),
  switchTenant: endpoint({
    plane: 'user',
    method: 'PUT',
    path: '/v1/me/default-tenant',
    summary: 'Choose the tenant that calls without x-tenant-id mean',
    body: z.object({ tenantId: idSchema('tenant') }),
    output: membershipSchema,
    rate: 'standard',
    meter: 'api_calls',
    capability: 'identity',
    errors: [problems.notFound],
    requirements: ['TEN-4'],
  }),
};
