/** Every day: a restore is rehearsed when the last good rehearsal is a week ago, and its age is measured. */
import { pool } from '#shared/db/pool.ts';
import { queueDueDrill } from '#shared/drills/due.ts';
import { gaugeMetric, logFor } from '#shared/middleware/telemetry.ts';
import { timed } from '#shared/middleware/timed.ts';

export const handler = timed(async () => {
  const { queued, ageHours } = await queueDueDrill(pool());
  logFor({ job: 'drills' }).info('drills looked at', { queued, ageHours: Math.round(ageHours) });
  gaugeMetric('DrillAgeHours', ageHours);
});
