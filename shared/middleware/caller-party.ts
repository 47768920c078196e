/** Who calls, as the gate counts them: a person with the session of their token, or an API key (IDN-4, IDN-8). */
import { sessionLifetimes } from '../config/sessions.ts';
import type { Failure } from '../contract/errors.ts';
import { sessionEnded } from '../limits/gate.ts';
import { type GateKey, gateKeys } from '../limits/keys.ts';
import { keyParty, personParty } from '../limits/parties.ts';
import { absoluteEnd } from '../limits/sessions.ts';
import type { Party } from '../limits/take.ts';
import { type Exchange, known } from './exchange.ts';

/** The key of the caller's item. */
export function callerKey({ apiKey, caller }: Exchange): GateKey {
  return apiKey === undefined ? gateKeys.user(known(caller, 'caller').id) : gateKeys.apiKey(apiKey.id);
}

/** The caller with the limits that hold where the request has got to. */
export function callerParty(exchange: Exchange): Party {
  const { apiKey, startedAt, called, tenant, impersonation } = exchange;
  const { rate } = called.endpoint;
  if (apiKey !== undefined) return keyParty(apiKey, rate, startedAt);
  const { id, session } = known(exchange.caller, 'caller');
  const counted = {
    ...{ id: session.id, startedAt: seconds(session.startedAt) },
    idleEnd: seconds(startedAt) + sessionLifetimes.idle,
    absoluteEnd: seconds(absoluteEnd(session.startedAt, false)),
  };
  const party = personParty({ id, session: counted, tenant }, rate, startedAt);
  // Support is counted as itself: it uses up no rate of the member's.
  return impersonation === undefined ? party : { ...party, impersonation: impersonation.id };
}

/** Refuses a session that is over whatever anybody counts; administrators sign in more often. */
export function sessionDenial({ caller, tenant, startedAt }: Exchange): Failure | undefined {
  if (caller === undefined) return undefined;
  const isAdministrator =
    caller.platformRoles.length > 0 || tenant?.role === 'owner' || tenant?.role === 'admin';
  return absoluteEnd(caller.session.startedAt, isAdministrator) <= startedAt ? sessionEnded() : undefined;
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
