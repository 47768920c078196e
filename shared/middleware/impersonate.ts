/**
 * Support acts for a member (IDN-11): the header names what a tenant approved and the caller has started. The token
 * stays the caller's own; nobody ever holds one of the member. Whether it was ended since is for the gate to say, in
 * the update that counts the request.
 */
import { permissionsOf } from '../access/roles.ts';
import type { Impersonation } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { isId } from '../contract/ids.ts';
import { pool } from '../db/pool.ts';
import { findImpersonation } from '../identity/impersonation.ts';
import { impersonationEnded, notImpersonating } from '../limits/impersonations.ts';
import { deadlineOf, type Exchange, header, type Link } from './exchange.ts';

/** Names the impersonation under which a call is made. */
export const impersonateHeader = 'plinth-impersonate';

/** Finds out for whom the caller acts, where they say that they do; nothing is looked up for anybody else. */
export function impersonate(): Link {
  return {
    before: async ({ event, context: { exchange } }) => {
      const named = header(event, impersonateHeader);
      if (named !== undefined) exchange.impersonation = await impersonationOf(exchange, named);
    },
  };
}

/**
 * @throws Failure `impersonation.ended` for what is not the caller's, or is over
 * @throws Failure `impersonation.not_here` where nobody acts for somebody else, signing in and renewing among it
 */
async function impersonationOf(exchange: Exchange, named: string): Promise<Impersonation> {
  const { called, caller, startedAt } = exchange;
  const { plane } = called.endpoint;
  // Nobody is known on public endpoints, so there is nobody whose event it could be.
  if (plane === 'public') throw fail(problems.notImpersonating);
  // The platform's login cannot even look it up.
  if (plane === 'platform') throw notImpersonating('platform', startedAt);
  // Only the staff get to ask the database.
  const mayAct = caller?.platformRoles.some((role) => permissionsOf(role).has('platform:impersonate'));
  if (caller === undefined || mayAct !== true || !isId('impersonation', named)) {
    throw impersonationEnded('unknown', startedAt);
  }
  const asking = { staff: caller.id, deadlineMs: deadlineOf(exchange) };
  const found = await findImpersonation(pool(), named, asking);
  if (found === undefined || found.endsAt <= startedAt) throw impersonationEnded(named, startedAt);
  if (!called.endpoint.whileImpersonating) throw notImpersonating(named, startedAt);
  return found;
}
