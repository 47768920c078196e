/**
 * A tenant that exists inside one transaction only: whatever is done in it is done as in any other tenant, by the same
 * login and under the same policies, and is undone at the end. Nobody ever sees it, and no crash leaves it behind.
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSettings } from '../config/environment.ts';
import type { BulkTransaction } from '../contract/workflow.ts';
import { bulkTransaction } from '../db/bulk.ts';
import { sql } from '../db/sql.ts';

/**
 * Runs work in a scratch tenant and returns its result.
 * @param database connects as `app_restore`
 * @param work is given the scratch tenant's id, a bare UUID
 */
export async function inScratchTenant<T>(
  database: DatabaseSettings,
  deadlineMs: number,
  work: (bulk: BulkTransaction, scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = randomUUID();
  const entry = { tenantId: scratch, userId: null, requestId: 'drill', deadlineMs };
  try {
    return await bulkTransaction(database, entry, { mode: 'write' }, async (bulk) => {
      await bulk.query(sql`select app.open_scratch_tenant()`);
      // An error is what rolls back; this one brings the result with it.
      throw new Undone(await work(bulk, scratch));
    });
  } catch (error) {
    if (error instanceof Undone) return error.result as T;
    throw error;
  }
}

class Undone extends Error {
  readonly result: unknown;

  constructor(result: unknown) {
    super('what was done in a scratch tenant is undone');
    this.result = result;
  }
}
