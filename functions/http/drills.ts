import { drillsOps } from '#shared/drills/drills.ops.ts';
import { drills } from '#shared/drills/module.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(drills, drillsOps);
