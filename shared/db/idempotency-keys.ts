/** Forgets the answers that were kept for repeated calls; the hourly maintenance does it for all tenants. */
import type { Pool } from 'pg';
import { sql } from './sql.ts';
import { transact } from './transaction.ts';

/** How long a repeated call gets the first answer. */
const keptHours = 24;

/** Bounded, so that no statement holds many rows or runs into the statement timeout. */
const batchSize = 1_000;
const sweep = { tenantId: null, userId: null, requestId: 'maintenance' };

/**
 * Deletes keys that are old enough, batch by batch.
 * @param systemPool connects as `app_system`
 * @returns how many were deleted
 */
export async function forgetIdempotencyKeys(systemPool: Pool): Promise<number> {
  return (await untilNone(systemPool, inTenants)) + (await untilNone(systemPool, outsideTenants));
}

const inTenants = sql`
  delete from app.idempotency_keys where (tenant_id, user_id, key) in (
    select tenant_id, user_id, key from app.idempotency_keys
    where created_at < now() - make_interval(hours => ${keptHours}) limit ${batchSize})
  returning key`;

const outsideTenants = sql`
  delete from app.user_idempotency_keys where (user_id, key) in (
    select user_id, key from app.user_idempotency_keys
    where created_at < now() - make_interval(hours => ${keptHours}) limit ${batchSize})
  returning key`;

async function untilNone(systemPool: Pool, statement: typeof inTenants): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await transact(systemPool, sweep, (tx) => tx.query(statement));
    total += deleted.length;
    if (deleted.length < batchSize) return total;
  }
}
