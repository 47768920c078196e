/** Marks invitations that ran out; the hourly maintenance does it across all tenants. */
import type { Pool } from 'pg';
import { sql } from '../db/sql.ts';
import { sweep } from '../db/sweep.ts';

/** Expires what is pending past its time; answers how many. */
export function expireInvitations(systemPool: Pool): Promise<number> {
  return sweep(
    systemPool,
    (limit) => sql`
      update app.invitations set status = 'expired', updated_at = now()
      where status = 'pending' and (tenant_id, id) in (
        select tenant_id, id from app.invitations
        where status = 'pending' and expires_at <= now() limit ${limit} for update skip locked)
      returning id`,
  );
}
