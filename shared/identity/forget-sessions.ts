/** Forgets where people were signed in, once it is old; the hourly maintenance does it. */
import type { Pool } from 'pg';
import { sql } from '../db/sql.ts';
import { sweep } from '../db/sweep.ts';

/** As long as access logs are kept (AUD-4). */
const keptDays = 90;

/**
 * Deletes the rows of sessions that began long ago; answers how many. Their devices stay until their person removes
 * them.
 */
export function forgetSessions(systemPool: Pool): Promise<number> {
  return sweep(
    systemPool,
    (limit) => sql`
      delete from app.sessions where (user_id, id) in (
        select user_id, id from app.sessions
        where started_at < now() - make_interval(days => ${keptDays}) limit ${limit})
      returning id`,
  );
}
