/** Calls of models: in our own words, and in those of Anthropic and OpenAI for programs made for them. */
import * as z from 'zod';
import { aiFeatureNames } from '../config/ai-features.ts';
import { providerNames } from '../config/models.ts';
import { promptKeys } from '../config/prompts.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems, type ProblemType } from '../contract/errors.ts';
import { chatBody, chatOutput, messagesBody, messagesOutput } from './compatible.contract.ts';
import { budgetReached, dollarsSchema, unpriced } from './money.contract.ts';
import { promptVariables, unknownVariable } from './prompts.contract.ts';

export const featureOff = problem('ai.feature_off', 403, 'This use of AI is switched off.');
export const modelRefused = problem('ai.refused', 422, 'The model refused to answer.');
export const promptTooLong = problem('ai.too_long', 422, 'The prompt is too long for the model.');
export const modelsBusy = problem('ai.rate_limited', 429, 'The models have too much to do. Try again.');
export const modelsDown = problem('ai.unavailable', 503, 'No model answers at the moment. Try again.');
export const unknownModel = problem('ai.unknown_model', 404, 'There is no such model for you.');

/** What models are asked for; which model it is follows from it and from the plan. */
export const taskNames = ['generate', 'summarise', 'classify', 'extract', 'qa'] as const;

/** What a caller says of a call in our own words. */
export const callBody = z.object({
  feature: z.enum(aiFeatureNames),
  task: z.enum(taskNames).default('generate'),
  iteration: z.int().min(1).max(100).default(1).describe('Which attempt at the same task it is'),
  model: z.string().min(1).max(200).optional().describe('Where the plan and the role let you choose'),
  provider: z.enum(providerNames).optional().describe('Whom to ask first, where several have the model'),
  prompt: z.object({ key: z.enum(promptKeys), variables: promptVariables }).optional(),
  system: z.string().max(200_000).optional(),
  messages: z
    .array(z.object({ role: z.enum(['user', 'assistant']), content: z.string().min(1).max(1_000_000) }))
    .min(1)
    .max(200),
  maxTokens: z.int().min(1).max(64_000).default(1_024),
  temperature: z.number().min(0).max(1).optional(),
  stopSequences: z.array(z.string().min(1).max(200)).max(8).optional(),
});

export type CallInput = z.output<typeof callBody>;

const usageSchema = z
  .object({
    input: z.int(),
    output: z.int(),
    cacheRead: z.int(),
    cacheWrite5m: z.int(),
    cacheWrite1h: z.int(),
  })
  .describe('Tokens; none is counted in another');

const answerSchema = z
  .object({
    callId: z.string().describe('Of its row in the ledger'),
    model: z.string(),
    rule: z.string().describe('The rule that chose the model'),
    text: z.string(),
    stopReason: z.string(),
    usage: usageSchema,
    cost: dollarsSchema,
  })
  .meta({ id: 'AiAnswer' });

const common = {
  plane: 'tenant',
  method: 'POST',
  rate: 'standard',
  meter: 'api_calls',
  capability: 'ai',
  permission: 'ai:use',
  streams: true,
  audit: 'ai.called',
  requirements: ['AI-1', 'AI-9'],
} as const;

const errors: ProblemType[] = [
  featureOff,
  unpriced,
  budgetReached,
  problems.usageExceeded,
  problems.invalidInput,
  unknownModel,
  modelRefused,
  promptTooLong,
  modelsBusy,
  modelsDown,
];
const ownErrors: ProblemType[] = [...errors, unknownVariable];

export const callsContract = {
  complete: endpoint({
    ...common,
    path: '/v1/ai/complete',
    summary: 'Ask a model, and get all of its answer at once',
    body: callBody,
    output: answerSchema,
    idempotency: 'required',
    errors: ownErrors,
  }),
  stream: endpoint({
    ...common,
    path: '/v1/ai/stream',
    summary: 'Ask a model, and get its answer in events while it is made',
    body: callBody,
    output: answerSchema,
    idempotency: 'required',
    errors: ownErrors,
  }),
  messages: endpoint({
    ...common,
    path: '/v1/messages',
    summary: 'The Messages API of Anthropic: its clients work with our address and an API key',
    dialect: 'anthropic',
    body: messagesBody,
    output: messagesOutput,
    idempotency: 'optional',
    errors,
  }),
  chatCompletions: endpoint({
    ...common,
    path: '/v1/chat/completions',
    summary: 'The Chat Completions of OpenAI: its clients work with our address and an API key',
    dialect: 'openai',
    body: chatBody,
    output: chatOutput,
    idempotency: 'optional',
    errors,
  }),
};
