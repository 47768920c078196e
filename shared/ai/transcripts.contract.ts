/** Prompts and answers that a tenant keeps because it turned that on (AI-1): who may see them, and delete them. */
import * as z from 'zod';
import { aiFeatureNames } from '../config/ai-features.ts';
import { transcriptDays } from '../config/ai-limits.ts';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';

const block = z.looseObject({ type: z.string() });

const promptSchema = z.object({
  system: z.string().nullable(),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.array(block) })),
  tools: z.array(z.string()).describe('Names of the tools that the model could call'),
});

const answerSchema = z.object({
  content: z.array(block),
  stopReason: z.string().nullable().describe('null where the answer broke off'),
});

export type KeptPrompt = z.output<typeof promptSchema>;
export type KeptAnswer = z.output<typeof answerSchema>;

const entrySchema = z
  .object({
    callId: z.uuid().describe('Of its row in the ledger'),
    at: z.iso.datetime(),
    userId: idSchema('user').nullable(),
    apiKeyId: idSchema('apiKey').nullable(),
    feature: z.enum(aiFeatureNames),
    model: z.string(),
    complete: z.boolean().describe('Whether the answer is all that the model said'),
    keptUntil: z.iso.datetime(),
  })
  .meta({ id: 'AiTranscriptEntry' });

const transcriptSchema = entrySchema
  .extend({ prompt: promptSchema, answer: answerSchema })
  .meta({ id: 'AiTranscript' });

export type TranscriptEntry = z.output<typeof entrySchema>;

const common = {
  plane: 'tenant',
  rate: 'standard',
  meter: 'api_calls',
  capability: 'ai_costs',
  permission: 'ai:transcripts',
  requirements: ['AI-1', 'AUD-2', 'PRV-2'],
} as const;

export const transcriptsContract = {
  transcripts: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/ai/transcripts',
    summary: `Calls whose prompt and answer are kept, newest first, for ${transcriptDays} days. The flag ai_transcripts turns it on`,
    query: pageQuery,
    output: pageOf(entrySchema),
  }),
  transcript: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/ai/transcripts/{callId}',
    summary: 'What was asked and answered in a call; that it was read is audited',
    params: { callId: z.uuid() },
    output: transcriptSchema,
    audit: 'ai.transcript_read',
  }),
  deleteTranscript: endpoint({
    ...common,
    method: 'DELETE',
    path: '/v1/ai/transcripts/{callId}',
    summary: 'Forget what was asked and answered in a call',
    params: { callId: z.uuid() },
    output: z.null(),
    status: 204,
    audit: 'ai.transcript_deleted',
  }),
  deleteTranscripts: endpoint({
    ...common,
    method: 'DELETE',
    path: '/v1/ai/transcripts',
    summary: 'Forget all prompts and answers of the tenant; 404 where none are kept',
    output: z.object({ deleted: z.int() }),
    audit: 'ai.transcripts_deleted',
  }),
};
