/** Every ten minutes: backups that are due are queued, and restores that nobody went on with are over. */
import { queueDueBackups, sweepRestores } from '#shared/backups/due.ts';
import { pool } from '#shared/db/pool.ts';
import { gaugeMetric, logFor } from '#shared/middleware/telemetry.ts';
import { timed } from '#shared/middleware/timed.ts';

export const handler = timed(async () => {
  const { queued, waiting, oldestHours } = await queueDueBackups(pool(), new Date());
  const expiredRestores = await sweepRestores(pool());
  logFor({ job: 'backups' }).info('backups queued', { queued, waiting, oldestHours, expiredRestores });
  gaugeMetric('OldestBackupHours', oldestHours);
});
