/** API keys of a tenant: what programs call it with (IDN-8). */
import * as z from 'zod';
import { actorIdSchema, keyEnvironments } from '../contract/actor.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { type TenantPermission, tenantPermissions } from '../contract/permissions.ts';
import { roleNames } from '../contract/roles.ts';

export const beyondCreator = problem(
  'keys.beyond_creator',
  403,
  'A key cannot do more than whoever makes it.',
);
export const notActive = problem('keys.not_active', 409, 'The key has ended or was replaced already.');

/** How long a replaced key may go on working. */
const longestOverlapHours = 7 * 24;

const name = z.string().trim().min(1).max(100).meta({ example: 'Nightly import' });
const permission = z.enum(Object.keys(tenantPermissions) as [TenantPermission, ...TenantPermission[]]);
const allowedAddresses = z
  .array(z.string().max(43))
  .max(50)
  .describe('Addresses and networks that the key works from, such as 203.0.113.0/24; none: from anywhere')
  .meta({ example: ['203.0.113.0/24'] });
/** Also in UTC, as answers say it, the year has four digits. */
const expiresAt = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) < Date.UTC(10_000), 'must be before the year 10000');

const keySchema = z
  .object({
    id: idSchema('apiKey'),
    name: z.string(),
    environment: z.enum(keyEnvironments),
    role: z.enum(roleNames).describe('The key does what this role may do, and no more'),
    scopes: z.array(permission).nullable().describe('What of its role the key may do; null: all of it'),
    prefix: z.string().describe('How the key begins, to recognise it by'),
    allowedAddresses,
    status: z.enum(['active', 'expired', 'revoked']),
    createdBy: actorIdSchema,
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().describe('To the hour'),
    replaces: idSchema('apiKey').nullable().describe('The key that this one was made to replace'),
  })
  .meta({ id: 'ApiKey' });

const issuedKeySchema = keySchema
  .extend({
    key: z.string().nullable().describe('The key itself, this once; null when the call is repeated'),
  })
  .meta({ id: 'IssuedApiKey' });

/** Unkey's codes, as far as a key of Plinth can have them. */
export const verificationCodes = [
  'VALID',
  'NOT_FOUND',
  'DISABLED',
  'EXPIRED',
  'FORBIDDEN',
  'INSUFFICIENT_PERMISSIONS',
] as const;

const verificationSchema = z
  .object({
    valid: z.boolean(),
    code: z
      .enum(verificationCodes)
      .describe(
        'VALID; NOT_FOUND: no key of this tenant; DISABLED: revoked; EXPIRED; FORBIDDEN: not from this address; ' +
          'INSUFFICIENT_PERMISSIONS: lacks a permission that was asked for',
      ),
    keyId: idSchema('apiKey').nullable(),
    environment: z.enum(keyEnvironments).nullable(),
    role: z.enum(roleNames).nullable(),
    permissions: z.array(permission).describe('What the key may do'),
    expiresAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'KeyVerification' });

export type ApiKey = z.output<typeof keySchema>;
export type Verification = z.output<typeof verificationSchema>;

const common = { plane: 'tenant', rate: 'standard', meter: 'api_calls', capability: 'keys' } as const;
const params = { keyId: idSchema('apiKey') };

export const keysContract = {
  create: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/keys',
    summary: 'Make an API key; it is shown in this answer and never again',
    body: z.object({
      name,
      environment: z.enum(keyEnvironments).default('live'),
      role: z.enum(roleNames).describe('At most the caller’s own'),
      scopes: z
        .array(permission)
        .min(1)
        .optional()
        .describe('Some of the role’s permissions; all by default'),
      allowedAddresses: allowedAddresses.default([]),
      expiresAt: expiresAt.optional().describe('Never by default'),
    }),
    output: issuedKeySchema,
    status: 201,
    permission: 'keys:write',
    audit: 'api_key.created',
    idempotency: 'required',
    shownOnce: ['key'],
    errors: [problems.invalidInput, beyondCreator],
    requirements: ['IDN-8'],
  }),
  list: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/keys',
    summary: 'API keys of the tenant, newest first, those that have ended included',
    query: pageQuery,
    output: pageOf(keySchema),
    permission: 'keys:read',
    requirements: ['IDN-8'],
  }),
  get: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/keys/{keyId}',
    summary: 'One API key',
    params,
    output: keySchema,
    permission: 'keys:read',
    errors: [problems.notFound],
    requirements: ['IDN-8'],
  }),
  update: endpoint({
    ...common,
    method: 'PATCH',
    path: '/v1/keys/{keyId}',
    summary: 'Change an API key’s name or where it works from',
    params,
    body: z.object({ name: name.optional(), allowedAddresses: allowedAddresses.optional() }),
    output: keySchema,
    permission: 'keys:write',
    audit: 'api_key.updated',
    idempotency: 'optional',
    errors: [problems.invalidInput, problems.notFound, notActive],
    requirements: ['IDN-8'],
  }),
  rotate: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/keys/{keyId}/rotate',
    summary: 'Replace an API key by a new one; the old one goes on working for a while',
    params,
    body: z.object({
      overlapHours: z
        .int()
        .min(0)
        .max(longestOverlapHours)
        .default(24)
        .describe('How long the old key goes on working'),
      expiresAt: expiresAt
        .optional()
        .describe('Of the new key; as long as the old one was made for by default'),
    }),
    output: issuedKeySchema,
    status: 201,
    permission: 'keys:write',
    audit: 'api_key.rotated',
    idempotency: 'required',
    shownOnce: ['key'],
    errors: [problems.invalidInput, problems.notFound, notActive, beyondCreator],
    requirements: ['IDN-8', 'TEN-3'],
  }),
  revoke: endpoint({
    ...common,
    method: 'DELETE',
    path: '/v1/keys/{keyId}',
    summary: 'Revoke an API key: its next call is refused',
    params,
    output: z.void(),
    status: 204,
    permission: 'keys:write',
    audit: 'api_key.revoked',
    errors: [problems.notFound],
    requirements: ['IDN-8', 'TEN-3'],
  }),
  verify: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/keys/verify',
    summary: 'Whether a text is a valid API key of this tenant, and what it may do',
    body: z.object({
      key: z.string().min(1).max(200),
      permissions: z.array(permission).optional().describe('What the key shall be able to do'),
      address: z.string().max(45).optional().describe('Where the key came from'),
    }),
    output: verificationSchema,
    permission: 'keys:read',
    idempotency: 'optional',
    requirements: ['IDN-8'],
  }),
};
