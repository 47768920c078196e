/** Work on old rows of all tenants, which the hourly maintenance does. */
import type { Pool } from 'pg';
import type { Statement } from '../contract/context.ts';
import { transact } from './transaction.ts';

/** Bounded, so that no statement holds many rows or runs into the statement timeout. */
const batchSize = 1_000;
const everybody = { tenantId: null, userId: null, requestId: 'maintenance' };

/**
 * Runs a statement in transactions of its own until it finds fewer rows than it may take at once.
 * @param systemPool connects as `app_system`
 * @param statement takes at most `limit` rows, and returns each that it took
 * @returns how many rows that were
 */
export async function sweep(systemPool: Pool, statement: (limit: number) => Statement): Promise<number> {
  const batch = statement(batchSize);
  let total = 0;
  for (;;) {
    const taken = await transact(systemPool, everybody, (tx) => tx.query(batch));
    total += taken.length;
    if (taken.length < batchSize) return total;
  }
}
