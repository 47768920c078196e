/** Forgets the answers that were kept for repeated calls; the hourly maintenance does it for all tenants. */
import type { Pool } from 'pg';
import { sql } from './sql.ts';
import { sweep } from './sweep.ts';

/** How long a repeated call gets the first answer. */
const keptHours = 24;

/** Deletes keys that are old enough; answers how many. */
export async function forgetIdempotencyKeys(systemPool: Pool): Promise<number> {
  return (await sweep(systemPool, inTenants)) + (await sweep(systemPool, outsideTenants));
}

const inTenants = (limit: number) => sql`
  delete from app.idempotency_keys where (tenant_id, user_id, key) in (
    select tenant_id, user_id, key from app.idempotency_keys
    where created_at < now() - make_interval(hours => ${keptHours}) limit ${limit})
  returning key`;

const outsideTenants = (limit: number) => sql`
  delete from app.user_idempotency_keys where (user_id, key) in (
    select user_id, key from app.user_idempotency_keys
    where created_at < now() - make_interval(hours => ${keptHours}) limit ${limit})
  returning key`;
