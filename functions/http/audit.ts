import { audit } from '#shared/audit/module.ts';
import { auditOps } from '#shared/audit/audit.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(audit, auditOps);
