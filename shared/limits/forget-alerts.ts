/** Forgets what tenants were told of windows that are long over; the hourly maintenance does it. */
import type { Pool } from 'pg';
import { sql } from '../db/sql.ts';
import { transact } from '../db/transaction.ts';

/** As long as the counters themselves are kept, which is longer than the longest window. */
const keptDays = 62;

/** Bounded, so that no statement holds many rows or runs into the statement timeout. */
const batchSize = 1_000;
const sweep = { tenantId: null, userId: null, requestId: 'maintenance' };

/**
 * Deletes old rows, batch by batch.
 * @param systemPool connects as `app_system`
 * @returns how many were deleted
 */
export async function forgetUsageAlerts(systemPool: Pool): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await transact(systemPool, sweep, (tx) => tx.query(oldest));
    total += deleted.length;
    if (deleted.length < batchSize) return total;
  }
}

const oldest = sql`
  delete from app.usage_alerts where (tenant_id, meter, period, threshold, usage_limit) in (
    select tenant_id, meter, period, threshold, usage_limit from app.usage_alerts
    where told_at < now() - make_interval(days => ${keptDays}) limit ${batchSize})
  returning threshold`;
