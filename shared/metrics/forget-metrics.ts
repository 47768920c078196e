/** Forgets figures of tenants that nobody can ask for any more; the hourly maintenance does it. */
import type { Pool } from 'pg';
import { sql } from '../db/sql.ts';
import { sweep } from '../db/sweep.ts';

/** A day longer than the longest span that is shown. */
const keptDays = 8;

/** Deletes old rows; answers how many. */
export function forgetMetrics(systemPool: Pool): Promise<number> {
  return sweep(
    systemPool,
    (limit) => sql`
      delete from app.tenant_metrics where (tenant_id, kind, starts_at) in (
        select tenant_id, kind, starts_at from app.tenant_metrics
        where starts_at < now() - make_interval(days => ${keptDays}) limit ${limit})
      returning kind`,
  );
}
