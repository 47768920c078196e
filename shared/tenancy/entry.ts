/** Which tenant a request means, and whether the caller belongs to it (TEN-4). */
import type { Pool } from 'pg';
import type { Plan } from '../config/plans.ts';
import type { Region } from '../config/regions.ts';
import { formatId, type TenantId, type UserId, uuidOf } from '../contract/ids.ts';
import type { TenantRole } from '../contract/roles.ts';
import { sql } from '../db/sql.ts';
import { readOnce } from '../db/transaction.ts';
import type { TenantStatus } from './tenancy.rows.ts';

/** A tenant that the caller belongs to, whatever its status. */
export type Entry = {
  id: TenantId;
  slug: string;
  plan: Plan;
  region: Region;
  status: TenantStatus;
  role: TenantRole;
};

type Row = Omit<Entry, 'id'> & { tenant_id: string };

/**
 * The wanted tenant, else the one whose proven domain the request came in by, else the caller's default or only
 * one; undefined when the caller belongs to no such tenant, which cannot be told from one that does not exist.
 */
export async function findEntry(
  pool: Pool,
  { user, deadlineMs }: { user: UserId; deadlineMs: number },
  wanted: TenantId | undefined,
  host?: string,
): Promise<Entry | undefined> {
  const named = wanted === undefined ? null : uuidOf(wanted);
  const [row] = await readOnce<Row>(
    pool,
    { tenantId: null, userId: uuidOf(user), requestId: 'tenant-entry', deadlineMs },
    sql`select tenant_id, slug, plan, region, status, role
        from app.membership(coalesce(${named}::uuid, app.tenant_of_domain(${host ?? null})))`,
  );
  if (row === undefined) return undefined;
  const { tenant_id, ...rest } = row;
  return { id: formatId('tenant', tenant_id), ...rest };
}
