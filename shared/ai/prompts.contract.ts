/** Prompts, their versions, and how a tenant and its people like models to write (AI-5). */
import * as z from 'zod';
import { aiFeatureNames } from '../config/ai-features.ts';
import { lengthNames, promptKeys, toneNames } from '../config/prompts.ts';
import { actorIdSchema } from '../contract/actor.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem } from '../contract/errors.ts';

/** The most versions that a tenant keeps of one prompt. */
export const mostVersions = 200;

export const unknownVariable = problem(
  'ai.unknown_variable',
  400,
  'The prompt has no such variable, or one of its own is not filled in.',
);
export const tooManyVersions = problem(
  'ai.too_many_versions',
  409,
  `There are at most ${mostVersions} versions of a prompt.`,
);

/** Classes of models; which of them a plan includes is for the rules of routing to say. */
export const preferredClasses = ['haiku', 'sonnet', 'opus'] as const;

const key = z.enum(promptKeys).meta({ example: 'content.draft' });
const version = z.coerce.number().int().min(1).max(mostVersions);
const template = z
  .string()
  .trim()
  .min(1)
  .max(20_000)
  .describe('Text with variables in double braces: {{topic}}')
  .meta({ example: 'Write something.' });

/** Values for the variables of a prompt. */
export const promptVariables = z
  .record(z.string().max(100), z.string().max(20_000))
  .default({})
  .describe('tenant is filled in where it is left out');

const promptSchema = z
  .object({
    key,
    summary: z.string(),
    feature: z.enum(aiFeatureNames),
    variables: z.array(z.string()),
    origin: z.enum(['platform', 'tenant']).describe('Whose text is in force'),
    version: z.int().describe('Counts for each origin'),
    template: z.string(),
  })
  .meta({ id: 'Prompt' });

const versionSchema = z.object({
  version: z.int(),
  note: z.string().nullable(),
  author: actorIdSchema,
  createdAt: z.iso.datetime(),
});

export type PromptView = z.output<typeof promptSchema>;

const preferences = z.object({
  tone: z.enum(toneNames).nullable(),
  length: z.enum(lengthNames).nullable(),
  model: z.enum(preferredClasses).nullable().describe('The class of model to use, where the plan has it'),
});

export type Preferences = z.output<typeof preferences>;

const preferencesSchema = z
  .object({
    tenant: preferences,
    own: preferences.describe('Of whoever asks'),
    inForce: preferences.describe('Your own, and where you have none the tenant’s'),
  })
  .meta({ id: 'AiPreferences' });

const change = preferences.partial();

const common = { plane: 'tenant', rate: 'standard', meter: 'api_calls', capability: 'prompts' } as const;
const read = { ...common, method: 'GET', permission: 'ai:use' } as const;
const edit = { ...common, method: 'POST', permission: 'ai:manage' } as const;

export const promptsContract = {
  prompts: endpoint({
    ...read,
    path: '/v1/ai/prompts',
    summary: 'The prompts, each as it is in force',
    output: z.object({ items: z.array(promptSchema) }),
    requirements: ['AI-5'],
  }),
  promptVersions: endpoint({
    ...read,
    path: '/v1/ai/prompts/{key}/versions',
    params: { key },
    summary: 'The tenant’s versions of a prompt, newest first',
    output: z.object({ items: z.array(versionSchema) }),
    requirements: ['AI-5'],
  }),
  promptVersion: endpoint({
    ...read,
    path: '/v1/ai/prompts/{key}/versions/{version}',
    params: { key, version },
    summary: 'One version of a prompt, with its text',
    output: versionSchema.extend({ template: z.string() }),
    requirements: ['AI-5'],
  }),
  overridePrompt: endpoint({
    ...edit,
    path: '/v1/ai/prompts/{key}/versions',
    params: { key },
    summary: 'Put another text in the place of a prompt; it is in force at once',
    body: z.object({ template, note: z.string().trim().min(1).max(500).optional() }),
    output: promptSchema,
    status: 201,
    audit: 'ai.prompt_changed',
    idempotency: 'required',
    errors: [unknownVariable, tooManyVersions],
    requirements: ['AI-5'],
  }),
  activatePrompt: endpoint({
    ...edit,
    path: '/v1/ai/prompts/{key}/activate',
    params: { key },
    summary: 'Go back to a version, or with null to the platform’s own text',
    body: z.object({ activeVersion: z.int().min(1).max(mostVersions).nullable() }),
    output: promptSchema,
    audit: 'ai.prompt_activated',
    idempotency: 'optional',
    requirements: ['AI-5'],
  }),
  previewPrompt: endpoint({
    ...common,
    method: 'POST',
    permission: 'ai:use',
    path: '/v1/ai/prompts/{key}/preview',
    params: { key },
    summary: 'A prompt as a model would get it, without calling one',
    body: z.object({
      template: template.optional().describe('Instead of what is in force'),
      variables: promptVariables,
    }),
    output: z.object({ system: z.string() }),
    idempotency: 'optional',
    errors: [unknownVariable],
    requirements: ['AI-5'],
  }),
  preferences: endpoint({
    ...read,
    path: '/v1/ai/preferences',
    summary: 'How models write: the tenant’s choice, yours, and what holds',
    output: preferencesSchema,
    requirements: ['AI-5'],
  }),
  changePreferences: endpoint({
    ...common,
    method: 'PATCH',
    permission: 'ai:manage',
    path: '/v1/ai/preferences',
    summary: 'Choose for the tenant; what is not named stays, null removes',
    body: change,
    output: preferencesSchema,
    audit: 'ai.preferences_changed',
    idempotency: 'optional',
    requirements: ['AI-5'],
  }),
  changeOwnPreferences: endpoint({
    ...common,
    method: 'PATCH',
    permission: 'ai:use',
    path: '/v1/ai/preferences/own',
    summary: 'Choose for yourself; what is not named stays, null removes',
    body: change,
    output: preferencesSchema,
    idempotency: 'optional',
    requirements: ['AI-5'],
  }),
};
