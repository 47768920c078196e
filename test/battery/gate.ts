/**
 * The gate against everybody at once (LIM-1, LIM-2, TEN-3, TEN-12, CAP-3): what it costs, whether its counts are
 * exact, what a flooder does to others, and whether what is decided holds for the very next request.
 */
import { countCost } from './gate/cost.ts';
import { countExactly, passPlan } from './gate/exact.ts';
import { standColleague, standFlood } from './gate/flood.ts';
import { decideAndTry } from './gate/next-request.ts';
import { noticeBreakages } from './gate/breakages.ts';
import { startStage } from './gate/stage.ts';
import type { Report } from './figures.ts';

export const summary =
  'Round trips of the gate, exact limits at once, flooders, and changes on other instances';

export async function run(report: Report): Promise<void> {
  report.progress('starting instances');
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  const stage = await startStage();
  try {
    await countExactly(report, stage);
    await passPlan(report, stage);
    await decideAndTry(report, stage);
    await noticeBreakages(report, stage);
    await standColleague(report, stage);
    await standFlood(report, stage);
    await countCost(report, stage);
  } finally {
    await stage.stop();
  }
}
