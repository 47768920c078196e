import { investigationOps } from '#shared/investigation/investigation.ops.ts';
import { investigation } from '#shared/investigation/module.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(investigation, investigationOps);
