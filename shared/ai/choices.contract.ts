/** What a caller may choose from and what a call would cost, before anything is called (AI-2, AI-4). */
import * as z from 'zod';
import { abilities, modelClasses, providerNames } from '../config/models.ts';
import { endpoint } from '../contract/endpoint.ts';
import { callBody, promptTooLong, unknownModel } from './calls.contract.ts';
import { dollarsSchema, unpriced } from './money.contract.ts';
import { unknownVariable } from './prompts.contract.ts';

const rates = {
  input: dollarsSchema,
  output: dollarsSchema,
  cacheRead: dollarsSchema,
  cacheWrite5m: dollarsSchema,
  cacheWrite1h: dollarsSchema,
};

const priceSchema = z
  .object({
    provider: z.enum(providerNames),
    ...rates,
    longContext: z
      .object({ aboveTokens: z.int().describe('Of the prompt, what is cached included'), ...rates })
      .nullable()
      .describe('What the whole of a longer request costs'),
    since: z.iso.date().describe('From when it is known to hold'),
    source: z.string(),
  })
  .meta({ id: 'ModelPrice', description: 'Dollars a million tokens' });

const modelSchema = z
  .object({
    name: z.string(),
    class: z.enum(modelClasses),
    abilities: z.array(z.enum(abilities)),
    contextTokens: z.int().describe('Of a prompt and its answer together'),
    maxOutputTokens: z.int(),
    mayBeNamed: z.boolean().describe('A call may name it; other models only answer where a rule says so'),
    byDefault: z
      .boolean()
      .describe('It answers a short first call that names none, where no rule singles it out'),
    prices: z.array(priceSchema).describe('Of each provider that has it, first choice first'),
  })
  .meta({ id: 'AiModel' });

export type ModelView = z.output<typeof modelSchema>;
export type PriceView = z.output<typeof priceSchema>;

const range = z.object({
  from: z.int().describe('Few calls need less'),
  to: z.int().describe('Few calls need more'),
  most: z.int().describe('None needs more'),
});

const estimateSchema = z
  .object({
    model: z.string(),
    rule: z.string().describe('The rule that chose the model'),
    inputTokens: range,
    outputTokens: range,
    outputFrom: z
      .enum(['ledger', 'request'])
      .describe(
        'What the expected answer goes by: your tenant’s latest calls like it, or what the call allows',
      ),
    cost: z.object({
      from: dollarsSchema,
      to: dollarsSchema,
      worst: dollarsSchema.describe(
        'Of one attempt at the dearest provider of the model: as much is reserved',
      ),
    }),
  })
  .meta({ id: 'AiEstimate' });

const common = {
  plane: 'tenant',
  rate: 'standard',
  meter: 'api_calls',
  capability: 'ai_costs',
  permission: 'ai:use',
} as const;

export const choicesContract = {
  models: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/ai/models',
    summary: 'The models that answer your calls, with what they can and what they cost',
    output: z.object({ items: z.array(modelSchema) }),
    requirements: ['AI-4'],
  }),
  countCost: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/ai/count-cost',
    summary:
      'What a call would cost, and which model it would go to; nothing is reserved and no model called',
    body: callBody,
    output: estimateSchema,
    idempotency: 'optional',
    errors: [unpriced, unknownModel, promptTooLong, unknownVariable],
    requirements: ['AI-2', 'AI-4'],
  }),
};
