/** The caller's own row in `app.users`, which everything that names a person refers to. */
import type { Caller, Transaction } from '../contract/context.ts';
import { uuidOf } from '../contract/ids.ts';
import { sql } from '../db/sql.ts';

const longestName = 100;

/**
 * Makes sure that the caller has a row. The name is taken from the token the first time only, because people
 * change it here; a verified e-mail address always follows the token.
 */
export async function recordCaller(tx: Transaction, caller: Caller): Promise<void> {
  await tx.query(sql`
    insert into app.users (id, email, name)
    values (${uuidOf(caller.id)}, ${caller.email}, ${caller.name.slice(0, longestName)})
    on conflict (id) do update set email = excluded.email, updated_at = now()
      where ${caller.emailVerified}::boolean and users.email <> excluded.email`);
}
