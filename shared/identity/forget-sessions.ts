/** Forgets where people were signed in, once it is old; the hourly maintenance does it. */
import type { Pool } from 'pg';
import { sql } from '../db/sql.ts';
import { transact } from '../db/transaction.ts';

/** As long as access logs are kept (AUD-4). */
const keptDays = 90;

/** Bounded, so that no statement holds many rows or runs into the statement timeout. */
const batchSize = 1_000;
const sweep = { tenantId: null, userId: null, requestId: 'maintenance' };

/**
 * Deletes the rows of sessions that began long ago, batch by batch. Their devices stay until their person removes them.
 * @param systemPool connects as `app_system`
 * @returns how many were deleted
 */
export async function forgetSessions(systemPool: Pool): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await transact(systemPool, sweep, (tx) => tx.query(oldest));
    total += deleted.length;
    if (deleted.length < batchSize) return total;
  }
}

const oldest = sql`
  delete from app.sessions where (user_id, id) in (
    select user_id, id from app.sessions
    where started_at < now() - make_interval(days => ${keptDays}) limit ${batchSize})
  returning id`;
