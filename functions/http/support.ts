import { serve } from '#shared/middleware/serve.ts';
import { support } from '#shared/support/module.ts';
import { supportOps } from '#shared/support/support.ops.ts';

export const handler = serve(support, supportOps);
