/**
 * Whom a member of the staff acts for under the id of an impersonation (IDN-11). What was started never changes, so an
 * instance may remember it until its end; whether it was ended before is for the gate to say, with each request.
 */
import type { Pool } from 'pg';
import type { Impersonation } from '../contract/context.ts';
import { formatId, type ImpersonationId, type UserId, uuidOf } from '../contract/ids.ts';
import { sql } from '../db/sql.ts';
import { readOnce } from '../db/transaction.ts';

const mostRemembered = 1_000;

const known = new Map<string, Impersonation>();

/** Who asks, and until when an answer is waited for, in epoch milliseconds. */
type Asking = { staff: UserId; deadlineMs: number };

/** What one of the staff has started under that id; undefined when they have not, or somebody else has. */
export async function findImpersonation(
  pool: Pool,
  id: ImpersonationId,
  { staff, deadlineMs }: Asking,
): Promise<Impersonation | undefined> {
  const name = `${id} ${staff}`;
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const entry = { tenantId: null, userId: uuidOf(staff), requestId: 'impersonation', deadlineMs };
  const [row] = await readOnce<Row>(pool, entry, sql`select * from app.find_impersonation(${uuidOf(id)})`);
  if (row === undefined) return undefined;
  const found = toImpersonation(id, staff, row);
  known.set(name, found);
  const oldest = known.size > mostRemembered ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
  return found;
}

/** Forgets everything, as a new instance knows nothing; for tests. */
export function forgetImpersonations(): void {
  known.clear();
}

type Row = { tenant_id: string; member_id: string; reason: string; started_at: Date; ends_at: Date };

function toImpersonation(id: ImpersonationId, staff: UserId, row: Row): Impersonation {
  return {
    ...{ id, staff, reason: row.reason, startedAt: row.started_at, endsAt: row.ends_at },
    tenant: formatId('tenant', row.tenant_id),
    member: formatId('user', row.member_id),
  };
}
