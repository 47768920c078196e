import { failoverOps } from '#shared/failover/failover.ops.ts';
import { failover } from '#shared/failover/module.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(failover, failoverOps);
