/**
 * Functions on a timer. In a cell that follows another one they run as well, so that nobody has to set them going when
 * it goes on by itself, and do nothing for as long as its database only reads (BKP-4).
 */
import { settings } from '../config/environment.ts';
import { pool } from '../db/pool.ts';
import { sql } from '../db/sql.ts';
import { transact } from '../db/transaction.ts';

/** The Lambda handler of some work. */
export function timed(work: () => Promise<void>): () => Promise<void> {
  return async () => {
    if (settings.databaseMayFollow() && (await follows())) return;
    await work();
  };
}

function follows(): Promise<boolean> {
  return transact(pool(), { tenantId: null, userId: null, requestId: 'timed' }, async (tx) => {
    const found = await tx.one<{ follows: boolean }>(sql`select pg_is_in_recovery() as follows`);
    return found.follows;
  });
}
