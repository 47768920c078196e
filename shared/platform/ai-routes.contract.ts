/** What the platform's administrators decide about the choice of models (AI-4), and what AI is to the platform (AI-2). */
import * as z from 'zod';
import { dollarsSchema } from '../ai/money.contract.ts';
import { platformRoutes, routesShown } from '../ai/routes.contract.ts';
import { planNames } from '../config/plans.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { reason } from './configuration.contract.ts';

const common = { plane: 'platform', rate: 'standard', capability: 'platform' } as const;
const params = { tenantId: idSchema('tenant') };

const marginSchema = z
  .object({
    tenantId: idSchema('tenant'),
    slug: z.string(),
    plan: z.enum(planNames).describe('Of today; its mark-up holds for the whole month'),
    calls: z.int(),
    cost: dollarsSchema.describe('What providers charge for the tenant’s calls'),
    charged: dollarsSchema.describe('The cost and the plan’s mark-up on it'),
    margin: dollarsSchema.describe('What is left'),
    markupPercent: z.int(),
  })
  .meta({ id: 'AiMargin' });

export type AiMargin = z.output<typeof marginSchema>;

/** A rule of the platform. */
export type PlatformRoute = z.output<typeof routesShown>['rules'][number];

export const aiPlatformContract = {
  aiRoutes: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/ai/routes',
    summary: 'The platform’s rules that choose models for every tenant',
    output: routesShown,
    permission: 'platform:settings:read',
    requirements: ['AI-4'],
  }),
  setAiRoutes: endpoint({
    ...common,
    method: 'PUT',
    path: '/v1/platform/ai/routes',
    summary:
      'Put them, all at once and in order; they hold for the next call, before wishes and beyond plans',
    body: z.object({ rules: platformRoutes, reason }),
    output: routesShown,
    permission: 'platform:settings:write',
    audit: 'platform.ai_routes_changed',
    idempotency: 'optional',
    requirements: ['AI-4', 'AUD-1'],
  }),
  tenantAiRoutes: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/tenants/{tenantId}/ai-routes',
    summary: 'The platform’s rules that choose models for one tenant',
    params,
    output: routesShown,
    permission: 'platform:tenants:read',
    errors: [problems.notFound],
    requirements: ['AI-4'],
  }),
  setTenantAiRoutes: endpoint({
    ...common,
    method: 'PUT',
    path: '/v1/platform/tenants/{tenantId}/ai-routes',
    summary: 'Put them, all at once and in order; they are asked before those for every tenant',
    params,
    body: z.object({ rules: platformRoutes, reason }),
    output: routesShown,
    permission: 'platform:tenants:configure',
    audit: 'tenant.ai_routes_changed',
    idempotency: 'optional',
    errors: [problems.notFound],
    requirements: ['AI-4', 'AUD-1'],
  }),
  aiMargins: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/ai/margins',
    summary: 'What AI costs and brings in by tenant in a month of UTC, dearest first',
    query: pageQuery.extend({
      month: z
        .string()
        .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month of this century, as in 2026-11')
        .optional()
        .describe('The one under way where none is named')
        .meta({ example: '2026-11' }),
    }),
    output: pageOf(marginSchema).extend({
      month: z.string(),
      total: marginSchema.pick({ calls: true, cost: true, charged: true, margin: true }),
    }),
    permission: 'platform:ai:read',
    errors: [problems.invalidInput],
    requirements: ['AI-2'],
  }),
};
