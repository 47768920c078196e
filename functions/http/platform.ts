import { platform } from '#shared/platform/module.ts';
import { platformOps } from '#shared/platform/platform.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(platform, platformOps);
