/** Forgets transcripts that have run out; the hourly maintenance does it. */
import type { Pool } from 'pg';
import { sql } from '../../db/sql.ts';
import { sweep } from '../../db/sweep.ts';

/** Deletes what has run out; answers how many. */
export function forgetTranscripts(systemPool: Pool): Promise<number> {
  return sweep(
    systemPool,
    (limit) => sql`
      delete from app.ai_transcripts where (tenant_id, call_id) in (
        select tenant_id, call_id from app.ai_transcripts where kept_until <= now() limit ${limit})
      returning call_id`,
  );
}
