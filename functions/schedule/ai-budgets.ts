/** Every five minutes: what calls of models left behind when their function was stopped is accounted for. */
import { sweepBudgets } from '#shared/ai/sweep.ts';
import { pool } from '#shared/db/pool.ts';
import { logFor } from '#shared/middleware/telemetry.ts';

export const handler = async (): Promise<void> => {
  const log = logFor({ job: 'ai-budgets' });
  log.info('AI budgets swept', await sweepBudgets(pool(), new Date(), log));
};
