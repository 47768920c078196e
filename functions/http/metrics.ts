import { metrics } from '#shared/metrics/module.ts';
import { metricsOps } from '#shared/metrics/metrics.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(metrics, metricsOps);
