/**
 * Rules that choose models, as administrators store them (AI-4): the platform's about every tenant, the platform's
 * about one, and a tenant's own. A list is put as a whole, because its order says which rule is asked first.
 */
import * as z from 'zod';
import { aiFeatureNames } from '../config/ai-features.ts';
import { modelClasses, models } from '../config/models.ts';
import { planNames } from '../config/plans.ts';
import { mostRoutes } from '../config/routing.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem } from '../contract/errors.ts';
import { taskNames } from './calls.contract.ts';

export const beyondPlan = problem('ai.beyond_plan', 409, 'The plan does not include this class of models.');

const answering = Object.entries(models).flatMap(([name, { class: ofClass }]) =>
  ofClass === 'embedding' ? [] : [name],
);

const condition = {
  task: z.array(z.enum(taskNames)).min(1).max(taskNames.length).optional(),
  feature: z.array(z.enum(aiFeatureNames)).min(1).max(aiFeatureNames.length).optional(),
  iterationFrom: z.int().min(1).max(100).optional().describe('This attempt at the same task, or a later one'),
  promptTokensFrom: z.int().min(0).max(10_000_000).optional().describe('By the upper bound of the prompt'),
  budgetLeftPercentUpTo: z.int().min(0).max(100).optional().describe('Of the budget that has least left'),
};

const rule = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be small letters, digits and hyphens')
    .describe('Answers and the ledger name the rule by it')
    .meta({ example: 'long-prompts' }),
  use: z.enum([...modelClasses, ...answering]).describe('A class, or a model by its name'),
};

const tenantRule = z
  .strictObject({
    ...rule,
    when: z.strictObject(condition).default({}).describe('What is left out does not matter'),
    firm: z.boolean().default(false).describe('It holds as well where the caller names a model'),
  })
  .meta({ id: 'AiRoute' });

const platformRule = z
  .strictObject({
    ...rule,
    when: z
      .strictObject({
        ...condition,
        plan: z.array(z.enum(planNames)).min(1).max(planNames.length).optional(),
      })
      .default({})
      .describe('What is left out does not matter'),
  })
  .meta({ id: 'AiPlatformRoute' });

/** A list of the platform's rules, as it is put. */
export const platformRoutes = listOf(platformRule);

/** As a rule is shown: also one that was stored when there were other tasks, features and models than today. */
const shownCondition = z.object({
  plan: z.array(z.string()).optional(),
  task: z.array(z.string()).optional(),
  feature: z.array(z.string()).optional(),
  iterationFrom: z.int().optional(),
  promptTokensFrom: z.int().optional(),
  budgetLeftPercentUpTo: z.int().optional(),
});

/** A list of the platform's rules, as it is stored. */
export const routesShown = z.object({
  rules: z.array(
    z
      .object({ name: z.string(), when: shownCondition, use: z.string() })
      .meta({ id: 'AiPlatformRouteStored' }),
  ),
});

const shownRoute = z
  .object({
    whose: z
      .enum(['platform_for_tenant', 'platform', 'tenant', 'house'])
      .describe(
        'Rules are asked in this order; between the tenant’s firm ones and the others is the caller’s wish',
      ),
    name: z.string().describe('As answers and the ledger name it'),
    when: shownCondition,
    use: z.string(),
    firm: z.boolean(),
    applies: z.boolean().describe('False while the plan does not have what the rule chooses'),
  })
  .meta({ id: 'AiRouteInForce' });

export type RouteShown = z.output<typeof shownRoute>;

const common = {
  plane: 'tenant',
  path: '/v1/ai/routes',
  rate: 'standard',
  meter: 'api_calls',
  capability: 'ai_costs',
} as const;

export const routesContract = {
  routes: endpoint({
    ...common,
    method: 'GET',
    summary: 'The rules that choose models, in the order in which they are asked',
    output: z.object({ items: z.array(shownRoute) }),
    permission: 'ai:read',
    requirements: ['AI-4'],
  }),
  setRoutes: endpoint({
    ...common,
    method: 'PUT',
    summary:
      'Put the tenant’s own rules, all at once and in order; they hold for the next call, within the plan',
    body: z.object({ rules: listOf(tenantRule) }),
    output: z.object({ items: z.array(shownRoute) }),
    permission: 'ai:manage',
    audit: 'ai.routes_changed',
    idempotency: 'optional',
    errors: [beyondPlan],
    requirements: ['AI-4'],
  }),
};

function listOf<Rule extends z.ZodType<{ name: string }>>(one: Rule) {
  return z
    .array(one)
    .max(mostRoutes)
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, {
      error: 'must have names of their own',
    })
    .meta({ example: [{ name: 'long-prompts', when: { promptTokensFrom: 50_000 }, use: 'haiku' }] });
}
