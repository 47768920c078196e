import { consume } from '#shared/middleware/consume.ts';
import { restore } from '#shared/restore/module.ts';
import { restoreWorkers } from '#shared/restore/restore.jobs.ts';

export const handler = consume(restore, restoreWorkers);
