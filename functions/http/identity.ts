import { identity } from '#shared/identity/module.ts';
import { identityOps } from '#shared/identity/identity.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(identity, identityOps);
