/** Forgets what tenants were told of windows that are long over; the hourly maintenance does it. */
import type { Pool } from 'pg';
import { sql } from '../db/sql.ts';
import { sweep } from '../db/sweep.ts';

/** As long as the counters themselves are kept, which is longer than the longest window. */
const keptDays = 62;

/** Deletes old rows; answers how many. */
export function forgetUsageAlerts(systemPool: Pool): Promise<number> {
  return sweep(
    systemPool,
    (limit) => sql`
      delete from app.usage_alerts where (tenant_id, meter, period, threshold, usage_limit) in (
        select tenant_id, meter, period, threshold, usage_limit from app.usage_alerts
        where told_at < now() - make_interval(days => ${keptDays}) limit ${limit})
      returning threshold`,
  );
}
