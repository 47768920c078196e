/**
 * What models are used for (AI-9). Every call names one: costs and budgets are kept by it, and a flag turns it off for
 * one tenant or for all.
 */
import type { FlagName } from './flags.ts';

export const aiFeatures = {
  chat: { summary: 'Chat with a model', flag: 'ai_chat' },
  suggestions: { summary: 'A model makes suggestions', flag: 'ai_suggestions' },
  content: { summary: 'A model drafts texts', flag: 'ai_content' },
  api: { summary: 'Programs made for a provider’s own interface', flag: 'ai_api' },
} as const satisfies Record<string, { summary: string; flag: FlagName }>;

export type AiFeature = keyof typeof aiFeatures;

export const aiFeatureNames = Object.keys(aiFeatures) as [AiFeature, ...AiFeature[]];
