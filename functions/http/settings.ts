import { settings } from '#shared/settings/module.ts';
import { settingsOps } from '#shared/settings/settings.ops.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(settings, settingsOps);
