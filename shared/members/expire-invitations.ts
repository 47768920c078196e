/** Marks invitations that ran out; the hourly maintenance does it across all tenants. */
import type { Pool } from 'pg';
import { sql } from '../db/sql.ts';
import { transact } from '../db/transaction.ts';

/** Bounded, so that no statement holds many rows or runs into the statement timeout. */
const batchSize = 1_000;
const sweep = { tenantId: null, userId: null, requestId: 'maintenance' };

/**
 * Expires what is pending past its time, batch by batch.
 * @param systemPool connects as `app_system`
 * @returns how many were marked
 */
export async function expireInvitations(systemPool: Pool): Promise<number> {
  let total = 0;
  for (;;) {
    const marked = await transact(systemPool, sweep, (tx) => tx.query(expireBatch));
    total += marked.length;
    if (marked.length < batchSize) return total;
  }
}

const expireBatch = sql`
  update app.invitations set status = 'expired', updated_at = now()
  where status = 'pending' and (tenant_id, id) in (
    select tenant_id, id from app.invitations
    where status = 'pending' and expires_at <= now() limit ${batchSize} for update skip locked)
  returning id`;
