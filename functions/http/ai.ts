import { ai } from '#shared/ai/module.ts';
import { preferencesOps } from '#shared/ai/prompts/preferences.ops.ts';
import { promptsOps } from '#shared/ai/prompts/prompts.ops.ts';
import { spendingOps } from '#shared/ai/spending.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(ai, { ...promptsOps, ...preferencesOps, ...spendingOps });
