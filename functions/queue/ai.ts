import { aiWorkers } from '#shared/ai/ai.jobs.ts';
import { ai } from '#shared/ai/module.ts';
import { consume } from '#shared/middleware/consume.ts';

export const handler = consume(ai, aiWorkers);
