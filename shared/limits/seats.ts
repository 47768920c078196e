/**
 * Seats (LIM-2): members and open invitations against what the plan includes. A downgrade takes nobody's seat; it
 * keeps new people out until there is room.
 */
import { allowances, type Plan } from '../config/plans.ts';
import type { Transaction } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { sql } from '../db/sql.ts';

/** How many seats the tenant of the transaction uses. */
export async function seatsUsed(tx: Transaction): Promise<number> {
  // An acceptance that began in time may still be on its way: its seat is not given away meanwhile.
  const { used } = await tx.one<{ used: number }>(sql`
    select ((select count(*) from app.memberships) +
            (select count(*) from app.invitations
             where status = 'pending' and expires_at > now() - interval '1 minute'))::integer as used`);
  return used;
}

/**
 * Makes sure that there is a seat for one more, until the transaction ends: who invites at the same time waits. The
 * lock leaves alone whoever only refers to the tenant, as every row that is written does.
 * @throws Failure `limit.usage` when all seats are taken
 */
export async function assertSeat(tx: Transaction): Promise<void> {
  const { plan } = await tx.one<{ plan: Plan }>(sql`select plan from app.tenants for no key update`);
  const { seats } = allowances[plan];
  // A statement of its own: it has to see what those waited for have committed.
  if ((await seatsUsed(tx)) < seats) return;
  throw fail(problems.usageExceeded, {
    policy: 'seats',
    detail: `The plan ${plan} includes ${seats} seats; members and open invitations take them all.`,
  });
}
