/**
 * Counts the request against the caller and the tenant (LIM-1, LIM-2), and with the caller the session (IDN-4).
 * The caller comes first, before any tenant is looked up: guessing tenants costs the guesser, and a refused caller
 * never costs a tenant or its neighbours (TEN-12).
 */
import { sessionLifetimes } from '../config/sessions.ts';
import { pool } from '../db/pool.ts';
import { count, sessionEnded } from '../limits/gate.ts';
import { addressParty, keyParty, personParty, tenantParty } from '../limits/parties.ts';
import { absoluteEnd } from '../limits/sessions.ts';
import type { Party, Session } from '../limits/take.ts';
import { readPlatformState } from '../tenancy/platform-state.ts';
import { deadlineOf, type Exchange, known, type Link } from './exchange.ts';

/** Takes one request from the caller's rate, or the address's on public endpoints whose class has one. */
export function throttleCaller(): Link {
  return {
    before: async ({ context: { exchange } }) => {
      const { rate, plane } = exchange.called.endpoint;
      if (plane === 'public') {
        const address = addressParty(exchange.source.ip, rate, exchange.startedAt);
        if (address !== undefined) await countIn(exchange, address);
        return;
      }
      const { caller } = exchange;
      if (caller !== undefined) assertYoung(exchange, caller.platformRoles.length > 0);
      // What holds for every tenant is read at the same time, so that it costs the caller no waiting.
      const [platform] = await Promise.all([
        readPlatformState(pool(), deadlineOf(exchange)),
        countIn(exchange, callerParty(exchange)),
      ]);
      exchange.platform = platform;
    },
  };
}

/** Takes one request from the rate and the API calls of the tenant that was entered. */
export function throttleTenant(): Link {
  return {
    before: async ({ context: { exchange } }) => {
      const { tenant, called, startedAt } = exchange;
      if (tenant === undefined) return;
      if (exchange.apiKey === undefined) {
        assertYoung(exchange, tenant.role === 'owner' || tenant.role === 'admin');
      }
      await countIn(exchange, tenantParty(tenant, called.endpoint.meter, startedAt));
    },
  };
}

function callerParty(exchange: Exchange): Party {
  const { apiKey, startedAt, called } = exchange;
  const { rate } = called.endpoint;
  if (apiKey !== undefined) return keyParty(apiKey.id, apiKey.tenant, rate, startedAt);
  const { id, session } = known(exchange.caller, 'caller');
  const now = Math.floor(startedAt.getTime() / 1000);
  const counted: Session = {
    ...{ id: session.id, startedAt: Math.floor(session.startedAt.getTime() / 1000) },
    idleEnd: now + sessionLifetimes.idle,
    absoluteEnd: Math.floor(absoluteEnd(session.startedAt, false).getTime() / 1000),
  };
  return personParty({ id, session: counted }, rate, startedAt);
}

/** Refuses a session that is over whatever anybody counts; administrators sign in more often. */
function assertYoung({ caller, startedAt }: Exchange, isAdministrator: boolean): void {
  const { session } = known(caller, 'caller');
  if (absoluteEnd(session.startedAt, isAdministrator) <= startedAt) throw sessionEnded();
}

async function countIn(exchange: Exchange, party: Party): Promise<void> {
  const states = await count(party, { now: exchange.startedAt, deadlineMs: deadlineOf(exchange) });
  exchange.limits = [...exchange.limits, ...states];
}
