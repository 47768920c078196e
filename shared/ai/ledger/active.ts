/** Which tenants call models, so that the sweep looks at their items and at nobody else's. */
import type { Transaction } from '../../contract/context.ts';
import type { TenantId } from '../../contract/ids.ts';
import { sql } from '../../db/sql.ts';

const hourMs = 3_600_000;
const mostKnown = 5_000;
const noted = new Map<TenantId, { hour: number; written: Promise<unknown> }>();

/** Notes that a tenant is about to call a model: in the database once an hour for each instance, before any money. */
export async function noteActive(
  tenantId: TenantId,
  transact: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>,
  now: Date,
): Promise<void> {
  const hour = Math.floor(now.getTime() / hourMs);
  const found = noted.get(tenantId);
  if (found?.hour === hour) {
    await found.written;
    return;
  }
  const written = transact((tx) =>
    tx.query(sql`
      insert into app.ai_tenants (tenant_id, active_at) values (app.tenant_id(), ${now})
      on conflict (tenant_id) do update set active_at = greatest(ai_tenants.active_at, excluded.active_at)`),
  );
  if (noted.size >= mostKnown) noted.clear();
  // Calls that come at once wait for the same row.
  noted.set(tenantId, { hour, written });
  try {
    await written;
  } catch (error) {
    noted.delete(tenantId);
    throw error;
  }
}
