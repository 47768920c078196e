import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(tenancy, tenancyOps);
