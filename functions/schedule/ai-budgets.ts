/** Every five minutes: what calls of models left behind is accounted for, and what their day has cost is measured. */
import { toDollars } from '#shared/ai/pricing/pico.ts';
import { sweepBudgets } from '#shared/ai/sweep.ts';
import { pool } from '#shared/db/pool.ts';
import { gaugeMetric, logFor } from '#shared/middleware/telemetry.ts';
import { timed } from '#shared/middleware/timed.ts';

export const handler = timed(async () => {
  const log = logFor({ job: 'ai-budgets' });
  const { spentTodayPico, ...swept } = await sweepBudgets(pool(), new Date(), log);
  log.info('AI budgets swept', { ...swept, spentToday: toDollars(spentTodayPico) });
  // An alarm needs no more digits than a number has.
  gaugeMetric('AiCostToday', Number(toDollars(spentTodayPico)));
  gaugeMetric('HoldsExpired', swept.expired);
  gaugeMetric('BudgetSweepFailures', swept.failed);
});
