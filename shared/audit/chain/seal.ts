/**
 * Sealing the audit trail (AUD-1): what was committed since is appended to each tenant's chain. Requests never wait for
 * it, nor for each other because of it. The work itself is `app.seal_audit`, one transaction for each batch: whoever is
 * stopped between two of them leaves a chain that the next run goes on with.
 */
import type { Pool } from 'pg';
import { sql } from '../../db/sql.ts';
import { transact } from '../../db/transaction.ts';

/** How much was sealed, and how long the row waits that is still waiting for the longest time. */
export type Sealed = { rows: number; tenants: number; oldestWaitsSeconds: number };

/** Few enough that a batch ends well within the statement timeout, and that nobody's turn takes long. */
const batchRows = 1_000;
const tenantsAtOnce = 200;

/**
 * Seals what waits, a batch of each tenant in turn, until nothing waits or the time is over.
 * @param systemPool connects as `app_system`
 */
export async function sealTrails(systemPool: Pool, untilMs: number): Promise<Sealed> {
  const touched = new Set<string>();
  let rows = 0;
  let waiting = await waitingTenants(systemPool);
  while (waiting.length > 0 && Date.now() < untilMs) {
    let progress = 0;
    for (const tenantId of waiting) {
      if (Date.now() >= untilMs) break;
      const sealed = await sealBatch(systemPool, tenantId);
      if (sealed > 0) touched.add(tenantId);
      progress += sealed;
    }
    rows += progress;
    // Somebody else seals what is left.
    if (progress === 0) break;
    waiting = await waitingTenants(systemPool);
  }
  return { rows, tenants: touched.size, oldestWaitsSeconds: await oldestWait(systemPool) };
}

const outside = { tenantId: null, userId: null, requestId: 'audit' };

/** Whose rows have waited longest comes first. */
async function waitingTenants(systemPool: Pool): Promise<string[]> {
  const found = await transact(systemPool, outside, (tx) =>
    tx.query<{ tenant_id: string }>(sql`
      select tenant_id from app.audit_pending group by tenant_id order by min(since) limit ${tenantsAtOnce}`),
  );
  return found.map(({ tenant_id }) => tenant_id);
}

async function sealBatch(systemPool: Pool, tenantId: string): Promise<number> {
  const { sealed } = await transact(systemPool, { ...outside, tenantId }, (tx) =>
    tx.one<{ sealed: number }>(sql`select app.seal_audit(${batchRows}) as sealed`),
  );
  return sealed;
}

async function oldestWait(systemPool: Pool): Promise<number> {
  const { seconds } = await transact(systemPool, outside, (tx) =>
    tx.one<{ seconds: number }>(sql`
      select coalesce(extract(epoch from now() - min(since)), 0)::float8 as seconds from app.audit_pending`),
  );
  return Math.max(0, seconds);
}
