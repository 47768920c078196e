/** Run-time settings of a tenant, and which capabilities and flags are in force for it (TEN-10, CAP-2, CAP-3). */
import * as z from 'zod';
import { killSwitchNames } from '../config/capabilities.ts';
import { tenantFlagNames } from '../config/flags.ts';
import { planNames } from '../config/plans.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem } from '../contract/errors.ts';

/** The most values that a tenant keeps for its own modules. */
export const mostValues = 50;

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
};
