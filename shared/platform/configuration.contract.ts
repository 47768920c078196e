/**
 * What the platform decides at run time: for all tenants (kill switches, capabilities, flags), and for one beyond
 * its plan (CAP-1, CAP-2, CAP-3, LIM-1, LIM-2). Every change takes a reason and acts on the next request.
 */
import * as z from 'zod';
import { killSwitchNames, optionalCapabilityNames } from '../config/capabilities.ts';
import { type Flag, type FlagName, flagNames, flags } from '../config/flags.ts';
import { meterNames, planNames, usageWindows } from '../config/plans.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { tenantSchema } from '../tenancy/tenancy.contract.ts';

const common = { plane: 'platform', rate: 'standard', capability: 'platform' } as const;
const params = { tenantId: idSchema('tenant') };
/** Why; stands in the trail. */
export const reason = z.string().trim().min(3).max(500).describe('Why; stands in the audit trail');

const decided = z.record(z.string(), z.boolean());
const switches = decided.describe('true stops it');

const settingsSchema = z
  .object({ switchedOff: switches, capabilities: decided, flags: decided, updatedAt: z.iso.datetime() })
  .meta({ id: 'PlatformSettings' });

const usageLimit = z.union([z.int().min(0), z.literal('unlimited')]);
const perMinute = z.int().min(0).max(1_000_000);
const messagesPerDay = z.int().min(0).max(10_000_000);

const overridesSchema = z
  .object({
    rates: z.record(z.string(), z.int()).describe('Requests a minute, messages a day'),
    usage: z.record(z.string(), z.record(z.string(), usageLimit)).describe('By meter and window'),
    ...{ capabilities: decided, flags: decided, switchedOff: switches },
    updatedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'TenantOverrides' });

export type PlatformSettings = z.output<typeof settingsSchema>;
export type TenantOverrides = z.output<typeof overridesSchema>;

type FlagChange = z.ZodOptional<z.ZodType<boolean | null>>;

/** What only a tenant turns on, the platform turns off or leaves alone. */
const flagChange = z.strictObject(
  Object.fromEntries(
    flagNames.map((name) => {
      const flag: Flag = flags[name];
      return [name, (flag.onlyTenantTurnsOn === true ? z.literal(false) : z.boolean()).nullable().optional()];
    }),
  ) as unknown as Record<FlagName, FlagChange>,
);

const change = {
  switchedOff: z.partialRecord(z.enum(killSwitchNames), z.boolean()).optional().describe('true stops it'),
  capabilities: z
    .partialRecord(z.enum(optionalCapabilityNames), z.boolean().nullable())
    .optional()
    .describe('null: as if nothing had been decided. What production requires is always on'),
  flags: flagChange.optional(),
};

const platformAuditEventSchema = z
  .object({
    id: idSchema('auditEvent'),
    occurredAt: z.iso.datetime(),
    action: z.string(),
    actorId: idSchema('user'),
    target: z.object({ type: z.string(), id: z.string() }).nullable(),
    context: z.object({ ip: z.string().nullable(), userAgent: z.string().nullable(), requestId: z.string() }),
    reason: z.string().nullable(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'PlatformAuditEvent' });

export type PlatformAuditEvent = z.output<typeof platformAuditEventSchema>;

export const configurationContract = {
  settings: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/settings',
    summary: 'What holds for every tenant: kill switches, and what was decided about capabilities and flags',
    output: settingsSchema,
    permission: 'platform:settings:read',
    requirements: ['CAP-1', 'CAP-2', 'CAP-3'],
  }),
  changeSettings: endpoint({
    ...common,
    method: 'PATCH',
    path: '/v1/platform/settings',
    summary: 'Change what holds for every tenant; what is not named stays',
    body: z.object({ reason, ...change }),
    output: settingsSchema,
    permission: 'platform:settings:write',
    audit: 'platform.settings_changed',
    idempotency: 'optional',
    requirements: ['CAP-1', 'CAP-2', 'CAP-3', 'AUD-1'],
  }),
  changePlan: endpoint({
    ...common,
    method: 'PUT',
    path: '/v1/platform/tenants/{tenantId}/plan',
    summary: 'Change a tenant’s plan',
    params,
    body: z.object({ plan: z.enum(planNames), reason }),
    output: tenantSchema,
    permission: 'platform:tenants:configure',
    audit: 'tenant.plan_changed',
    idempotency: 'optional',
    errors: [problems.notFound],
    requirements: ['TEN-1', 'CAP-4', 'LIM-2', 'AUD-1'],
  }),
  overrides: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/tenants/{tenantId}/overrides',
    summary: 'What a tenant has beyond its plan, or has not',
    params,
    output: overridesSchema,
    permission: 'platform:tenants:read',
    errors: [problems.notFound],
    requirements: ['CAP-1', 'LIM-1', 'LIM-2', 'TEN-10'],
  }),
  changeOverrides: endpoint({
    ...common,
    method: 'PATCH',
    path: '/v1/platform/tenants/{tenantId}/overrides',
    summary: 'Change what a tenant has beyond its plan; what is not named stays, null goes back to the plan',
    params,
    body: z.object({
      ...{ reason, ...change },
      rates: z
        .strictObject({
          userPerMinute: perMinute.nullable().optional(),
          keyPerMinute: perMinute.nullable().optional(),
          tenantPerMinute: perMinute.nullable().optional(),
          recipientPerDay: messagesPerDay.nullable().optional(),
          emailPerDay: messagesPerDay.nullable().optional(),
          smsPerDay: messagesPerDay.nullable().optional(),
          whatsappPerDay: messagesPerDay.nullable().optional(),
        })
        .optional(),
      usage: z
        .partialRecord(
          z.enum(meterNames),
          z.partialRecord(z.enum(usageWindows), usageLimit.nullable()).nullable(),
        )
        .optional(),
    }),
    output: overridesSchema,
    permission: 'platform:tenants:configure',
    audit: 'tenant.overrides_changed',
    idempotency: 'optional',
    errors: [problems.notFound],
    requirements: ['CAP-1', 'CAP-2', 'CAP-3', 'LIM-1', 'LIM-2', 'TEN-10', 'AUD-1'],
  }),
  auditEvents: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/audit-events',
    summary: 'What was done to all tenants, newest first; what was done to one stands in its own trail',
    query: pageQuery.extend({ action: z.string().max(100).optional() }),
    output: pageOf(platformAuditEventSchema),
    permission: 'platform:audit:read',
    requirements: ['AUD-1', 'AUD-3'],
  }),
};
