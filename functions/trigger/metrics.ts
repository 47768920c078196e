/** Lines of logs about requests and jobs, as CloudWatch hands them over: counted for the tenants that they are of. */
import { pool } from '#shared/db/pool.ts';
import { collect, type LogsEvent } from '#shared/metrics/collect.ts';
import { logFor } from '#shared/middleware/telemetry.ts';

export const handler = async (event: LogsEvent): Promise<void> => {
  const lines = await collect(pool(), event);
  logFor({ trigger: 'metrics' }).info('lines counted', { lines });
};
