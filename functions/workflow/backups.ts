import { backupsSteps } from '#shared/backups/backups.steps.ts';
import { backups } from '#shared/backups/module.ts';
import { work } from '#shared/middleware/work.ts';

export const handler = work(backups, backupsSteps);
