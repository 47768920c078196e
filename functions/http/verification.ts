import { serve } from '#shared/middleware/serve.ts';
import { verification } from '#shared/verification/module.ts';
import { verificationOps } from '#shared/verification/verification.ops.ts';

export const handler = serve(verification, verificationOps);
