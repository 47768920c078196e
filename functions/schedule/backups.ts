/** Every ten minutes: backups that are due are queued, and restores that nobody went on with are over. */
import { queueDueBackups, sweepRestores } from '#shared/backups/due.ts';
import { pool } from '#shared/db/pool.ts';
import { gaugeMetric, logFor } from '#shared/middleware/telemetry.ts';

export const handler = async (): Promise<void> => {
  const { queued, waiting, oldestHours } = await queueDueBackups(pool(), new Date());
  const expiredRestores = await sweepRestores(pool());
  logFor({ job: 'backups' }).info('backups queued', { queued, waiting, oldestHours, expiredRestores });
  gaugeMetric('OldestBackupHours', oldestHours);
};
