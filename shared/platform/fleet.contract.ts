/** Figures of the whole fleet, as the platform's staff and the weekly pulse show them (OPS-4). */
import * as z from 'zod';
import { dollarsSchema } from '../ai/money.contract.ts';
import { planNames } from '../config/plans.ts';
import { regionNames } from '../config/regions.ts';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';
import { tenantStatusSchema } from '../tenancy/tenancy.contract.ts';

/** A tenant shall be there after so long; what is slower wakes somebody. */
export const provisioningLineMs = 120_000;
/** A newest backup that is older than this does not cover its tenant. */
export const coveredHours = 26;

const percent = z.number().min(0).max(100).nullable();
const day = z.iso.date().describe('A day of UTC');

const daySchema = z.object({
  day,
  calls: z.int().describe('Answers of the API'),
  serverErrors: z.int().describe('Those with 5xx'),
  p95Ms: z.number().nullable().describe('Without answers that stream'),
  uptimePercent: percent.describe('Share of the canary’s visits that were answered as they should be'),
});

const marginSchema = z.object({
  tenantId: idSchema('tenant'),
  slug: z.string(),
  cost: dollarsSchema,
  charged: dollarsSchema,
  margin: dollarsSchema,
});

export const fleetSchema = z
  .object({
    at: z.iso.datetime(),
    tenants: z.object({
      total: z.int().describe('All but those that were deleted'),
      byStatus: z.array(z.object({ status: tenantStatusSchema, tenants: z.int() })),
      byPlan: z.array(z.object({ plan: z.enum(planNames), tenants: z.int() })),
      byRegion: z.array(z.object({ region: z.enum(regionNames), tenants: z.int() })),
      newByWeek: z
        .array(z.object({ week: day.describe('Its Monday'), tenants: z.int() }))
        .describe('The last twelve weeks, this one included'),
    }),
    provisioning: z.object({
      lineMs: z.int().describe('What is promised'),
      day: day.nullable().describe('The latest day of thirty on which tenants were created'),
      p50Ms: z.number().nullable().describe('Of that day'),
      p95Ms: z.number().nullable().describe('Of that day'),
      slowestMs: z.number().nullable().describe('Of thirty days'),
    }),
    api: z.object({
      days: z.array(daySchema).describe('Thirty days, without those on which nothing was counted'),
      calls: z.int().nullable(),
      errorPercent: percent,
      p95Ms: z.number().nullable().describe('Of the latest day'),
      uptimePercent: percent,
    }),
    unwatched: z
      .string()
      .nullable()
      .describe('Why the figures of provisioning and API are absent; null where they are not'),
    deadLetters: z.int().describe('Messages that were put aside and wait for somebody'),
    revenue: z.object({
      subscriptions: dollarsSchema.nullable().describe('Null: they are not billed yet'),
      month: z.string(),
      ai: z.object({ calls: z.int(), cost: dollarsSchema, charged: dollarsSchema, margin: dollarsSchema }),
      dearest: z.array(marginSchema).describe('The ten tenants whose AI costs most this month'),
    }),
    backups: z.object({
      due: z.int().describe('Tenants that should have one by now'),
      covered: z.int().describe(`Those of them whose newest is younger than ${coveredHours} hours`),
      coveredPercent: percent,
      done: z.int().describe('Taken in the last seven days'),
      failed: z.int().describe('Not taken in the last seven days'),
      successPercent: percent,
    }),
    drills: z.object({
      lastPassedAt: z.iso.datetime().nullable(),
      rtoSeconds: z.number().nullable().describe('Of the last rehearsal that passed'),
      rpoSeconds: z.number().nullable().describe('Of the last rehearsal that passed'),
      passed: z.int().describe('In ninety days'),
      failed: z.int().describe('In ninety days'),
    }),
  })
  .meta({ id: 'Fleet' });

export type Fleet = z.output<typeof fleetSchema>;

export const fleetContract = {
  fleet: endpoint({
    plane: 'platform',
    method: 'GET',
    path: '/v1/platform/fleet',
    summary: 'Figures of the whole fleet: tenants, provisioning, API, money, backups, rehearsals',
    output: fleetSchema,
    rate: 'standard',
    capability: 'fleet',
    permission: 'platform:fleet:read',
    requirements: ['OPS-4', 'TEN-2'],
  }),
};
