import { backupsOps } from '#shared/backups/backups.ops.ts';
import { backups } from '#shared/backups/module.ts';
import { serve } from '#shared/middleware/serve.ts';

export const handler = serve(backups, backupsOps);
