import { consume } from '#shared/middleware/consume.ts';
import { usage } from '#shared/usage/module.ts';
import { usageWorkers } from '#shared/usage/usage.jobs.ts';

export const handler = consume(usage, usageWorkers);
