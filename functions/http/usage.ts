import { serve } from '#shared/middleware/serve.ts';
import { usage } from '#shared/usage/module.ts';
import { usageOps } from '#shared/usage/usage.ops.ts';

export const handler = serve(usage, usageOps);
