import { keys } from '#shared/keys/module.ts';
import { keysOps } from '#shared/keys/keys.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(keys, keysOps);
