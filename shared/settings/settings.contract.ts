/**
 * Run-time settings of a tenant, which capabilities and flags are in force for it (TEN-10, CAP-2, CAP-3), and how its
 * pages look (UI-4).
 */
import * as z from 'zod';
import { killSwitchNames } from '../config/capabilities.ts';
import { tenantFlagNames } from '../config/flags.ts';
import { planNames } from '../config/plans.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem } from '../contract/errors.ts';

/** The most values that a tenant keeps for its own modules. */
export const mostValues = 50;

/** What may be a logo. */
const logoTypes = ['image/png', 'image/jpeg', 'image/webp'] as const;
export type LogoType = (typeof logoTypes)[number];
export const mostLogoBytes = 64 * 1024;
export const leastLogoPixels = 16;
export const mostLogoPixels = 1_024;

export const unknownTimeZone = problem('settings.unknown_time_zone', 400, 'There is no such time zone.');
export const looksSecret = problem(
  'settings.looks_secret',
  400,
  'Secrets have no place here: every member reads these values.',
);
export const tooManyValues = problem(
  'settings.too_many_values',
  409,
  `There are at most ${mostValues} values.`,
);

export const unfitLogo = problem('settings.unfit_logo', 400, 'The picture cannot be a logo.');

const valueName = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be capitals, digits and underscores');

const tenantSettingsSchema = z
  .object({
    timeZone: z.string().describe('IANA name; days and months of limits begin there'),
    environment: z.record(z.string(), z.string()).describe('Values for the tenant’s own modules'),
    flags: z.record(z.string(), z.boolean()).describe('Flags that the tenant has set'),
    switchedOff: z.record(z.string(), z.boolean()).describe('The tenant’s own kill switches; true stops'),
    updatedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'TenantSettings' });

export type TenantSettingsView = z.output<typeof tenantSettingsSchema>;

const brandingSchema = z
  .object({
    name: z.string().nullable().describe('Shown in place of the product’s name'),
    color: z
      .string()
      .nullable()
      .describe('Of buttons and links; screens make it as dark or light as reading needs'),
    logo: z.object({ type: z.enum(logoTypes), data: z.base64(), width: z.int(), height: z.int() }).nullable(),
  })
  .meta({ id: 'Branding' });

export type Branding = z.output<typeof brandingSchema>;

const longestLogo = 4 * Math.ceil(mostLogoBytes / 3);

const feature = z.object({ name: z.string(), summary: z.string(), on: z.boolean(), reason: z.string() });

const common = { plane: 'tenant', rate: 'standard', meter: 'api_calls', capability: 'settings' } as const;

export const settingsContract = {
  get: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/settings',
    summary: 'What the tenant has set for itself',
    output: tenantSettingsSchema,
    permission: 'settings:read',
    requirements: ['TEN-10', 'CAP-2', 'CAP-3'],
  }),
  update: endpoint({
    ...common,
    method: 'PATCH',
    path: '/v1/settings',
    summary: 'Change settings; what is not named stays, null removes. In force with the next request',
    body: z.object({
      timeZone: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/, 'must be the name of a time zone')
        .optional()
        .meta({ example: 'Asia/Kuwait' }),
      environment: z
        .record(valueName, z.string().max(1_000).nullable())
        .optional()
        .describe(`At most ${mostValues} values, and no secrets`),
      flags: z.partialRecord(z.enum(tenantFlagNames), z.boolean().nullable()).optional(),
      switchedOff: z
        .partialRecord(z.enum(killSwitchNames), z.boolean())
        .optional()
        .describe('true stops it for this tenant'),
    }),
    output: tenantSettingsSchema,
    permission: 'settings:write',
    audit: 'settings.changed',
    idempotency: 'optional',
    errors: [unknownTimeZone, looksSecret, tooManyValues],
    requirements: ['TEN-10', 'CAP-2', 'CAP-3'],
  }),
  features: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/features',
    summary: 'Capabilities and flags in force for the tenant, each with the reason',
    output: z
      .object({
        plan: z.enum(planNames),
        capabilities: z.array(feature),
        flags: z.array(feature.extend({ mayBeSet: z.boolean().describe('By the tenant itself') })),
      })
      .meta({ id: 'Features' }),
    permission: 'tenant:read',
    requirements: ['CAP-1', 'CAP-2', 'CAP-3'],
  }),
  branding: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/branding',
    summary: 'How the tenant’s pages look',
    output: brandingSchema,
    permission: 'tenant:read',
    requirements: ['UI-4'],
  }),
  brand: endpoint({
    ...common,
    method: 'PATCH',
    path: '/v1/branding',
    summary: 'Change how the tenant’s pages look; what is not named stays, null removes',
    body: z.object({
      name: z.string().trim().min(1).max(40).nullable().optional().meta({ example: 'Acme Orders' }),
      color: z
        .string()
        .regex(/^#[0-9a-f]{6}$/, 'must be # and six hexadecimal digits in small letters')
        .nullable()
        .optional()
        .meta({ example: '#3b6fd4' }),
      logo: z
        .base64()
        .max(longestLogo)
        .nullable()
        .optional()
        .describe('PNG, JPEG or WebP in base64, of 64 kB and 1024 pixels a side at most'),
    }),
    output: brandingSchema,
    permission: 'settings:write',
    audit: 'branding.changed',
    idempotency: 'optional',
    errors: [unfitLogo],
    requirements: ['UI-4'],
  }),
};
