import { serve } from '#shared/middleware/serve.ts';
import { supportdesk } from '#shared/supportdesk/module.ts';
import { supportdeskOps } from '#shared/supportdesk/supportdesk.ops.ts';

export const handler = serve(supportdesk, supportdeskOps);
