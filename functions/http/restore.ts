import { serve } from '#shared/middleware/serve.ts';
import { restore } from '#shared/restore/module.ts';
import { restoreOps } from '#shared/restore/restore.ops.ts';

export const handler = serve(restore, restoreOps);
