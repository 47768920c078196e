import { health } from '#shared/health/module.ts';
import { healthOps } from '#shared/health/health.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(health, healthOps);
