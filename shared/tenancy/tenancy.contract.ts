/** Tenants, as their members see them (TEN-1, TEN-2). The platform's view stands in the platform module. */
import * as z from 'zod';
import { planNames } from '../config/plans.ts';
import { regionNames } from '../config/regions.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';

export const slugTaken = problem('tenancy.slug_taken', 409, 'The slug is already in use.');
export const wrongRegion = problem(
  'tenancy.wrong_region',
  400,
  'This deployment does not serve that region. Create the tenant where its data shall live.',
);
export const domainTaken = problem('tenancy.domain_taken', 409, 'Another tenant has proven that domain.');
export const noDomain = problem('tenancy.no_domain', 409, 'The tenant has no domain yet.');

const slug = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/,
    'must be 3 to 40 lower-case letters, digits or hyphens, starting with a letter',
  )
  .meta({ example: 'acme' });
const name = z.string().trim().min(1).max(100).meta({ example: 'Acme Ltd' });
const domain = z
  .string()
  .max(253)
  .regex(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'must be a lower-case domain name',
  );

/** Where a tenant stands in its life. */
export const tenantStatusSchema = z.enum(['provisioning', 'active', 'suspended', 'deleting', 'deleted']);

/** A tenant. */
export const tenantSchema = z
  .object({
    id: idSchema('tenant'),
    slug: z.string(),
    name: z.string(),
    region: z.enum(regionNames).describe('Residency, pinned at creation'),
    plan: z.enum(planNames),
    status: tenantStatusSchema,
    isolation: z.enum(['pool', 'silo']),
    domain: z.string().nullable(),
    domainVerifiedAt: z.iso.datetime().nullable().describe('Until then the domain is a claim'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Tenant' });

export type Tenant = z.output<typeof tenantSchema>;

/** A tenant that was just created, with the key of its first programs. */
const createdTenantSchema = tenantSchema
  .extend({
    apiKey: z
      .string()
      .nullable()
      .describe(
        'An API key with the role admin, this once; null when the call is repeated: rotate it then, under /v1/keys',
      ),
  })
  .meta({ id: 'CreatedTenant' });

/** A tenant's domain and the record that proves it. */
const tenantDomainSchema = z
  .object({
    domain: z.string(),
    verifiedAt: z.iso.datetime().nullable(),
    record: z
      .object({ type: z.literal('TXT'), name: z.string(), value: z.string() })
      .describe('What the domain’s name servers must answer'),
  })
  .meta({ id: 'TenantDomain' });

export type TenantDomain = z.output<typeof tenantDomainSchema>;

export const tenancyContract = {
  create: endpoint({
    plane: 'user',
    method: 'POST',
    path: '/v1/tenants',
    summary: 'Create a tenant with its first API key; the caller becomes its owner',
    body: z.object({ slug, name, region: z.enum(regionNames), plan: z.enum(planNames) }),
    output: createdTenantSchema,
    status: 201,
    shownOnce: ['apiKey'],
    rate: 'standard',
    meter: 'api_calls',
    capability: 'tenancy',
    audit: 'tenant.created',
    idempotency: 'required',
    errors: [slugTaken, wrongRegion, problems.emailUnverified],
    requirements: ['TEN-1', 'TEN-2'],
  }),
  get: endpoint({
    plane: 'tenant',
    method: 'GET',
    path: '/v1/tenant',
    summary: 'The tenant of this call',
    output: tenantSchema,
    rate: 'standard',
    meter: 'api_calls',
    capability: 'tenancy',
    permission: 'tenant:read',
    requirements: ['TEN-1', 'TEN-4'],
  }),
  update: endpoint({
    plane: 'tenant',
    method: 'PATCH',
    path: '/v1/tenant',
    summary: 'Change the tenant’s name or domain',
    body: z.object({ name: name.optional(), domain: domain.nullable().optional() }),
    output: tenantSchema,
    rate: 'standard',
    meter: 'api_calls',
    capability: 'tenancy',
    permission: 'tenant:update',
    audit: 'tenant.updated',
    idempotency: 'optional',
    requirements: ['TEN-1', 'TEN-10'],
  }),
  domain: endpoint({
    plane: 'tenant',
    method: 'GET',
    path: '/v1/tenant/domain',
    summary: 'The tenant’s domain and the DNS record that proves it',
    output: tenantDomainSchema,
    rate: 'standard',
    meter: 'api_calls',
    capability: 'tenancy',
    permission: 'tenant:read',
    errors: [noDomain],
    requirements: ['TEN-4', 'TEN-10'],
  }),
  verifyDomain: endpoint({
    plane: 'tenant',
    method: 'POST',
    path: '/v1/tenant/domain/verify',
    summary: 'Look for the DNS record; from then on the domain means this tenant',
    output: tenantDomainSchema.extend({
      found: z.enum(['record', 'nothing', 'no_answer']).describe('What the domain’s name servers answered'),
    }),
    rate: 'standard',
    meter: 'api_calls',
    capability: 'tenancy',
    permission: 'tenant:update',
    audit: 'tenant.domain_checked',
    idempotency: 'optional',
    errors: [noDomain, domainTaken, problems.conflict],
    requirements: ['TEN-4', 'TEN-10'],
  }),
};
