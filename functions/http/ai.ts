import { aiOps } from '#shared/ai/ai.ops.ts';
import { ai } from '#shared/ai/module.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(ai, aiOps);
