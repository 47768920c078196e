/**
 * Counts parties, and remembers in this instance where each stood when it was counted last: whose rate was used up
 * is refused for a second without a trip, and who has plenty of room is counted at the same time as others.
 */
import { fail, type Failure, problems } from '../contract/errors.ts';
import { type Counter, type Counts, leftOf, limitHeaders, type LimitState, stateOf } from './counters.ts';
import { impersonationEnded } from './impersonations.ts';
import type { GateKey } from './keys.ts';
import { capSessions } from './session-cap.ts';
import { giveBack, type Party, take } from './take.ts';

/** When a request came, and until when anything is waited for, in epoch milliseconds. */
export type Moment = { now: Date; deadlineMs: number };

/** What counting came to: where the limits stand, or the newer version of what the party is counted under. */
export type Admission = { states: LimitState[] } | { movedTo: number };

const rememberedMs = 1_000;
const mostRemembered = 5_000;

const refusals = new Map<GateKey, { untilMs: number; counter: Counter }>();
const seen = new Map<GateKey, { counts: Counts; at: Date }>();

/** How long what was seen of a party says anything about its room. */
const seenMs = 60_000;

/**
 * Refuses a party that was refused within the last second; costs nothing.
 * @throws Failure `limit.rate` with Retry-After
 */
export function assertNotRefused({ key }: Pick<Party, 'key'>, now: Date): void {
  const refused = refusals.get(key);
  if (refused === undefined) return;
  // Told as an event when it was refused first.
  if (refused.untilMs > now.getTime()) throw limitReached(refused.counter);
  refusals.delete(key);
}

/**
 * Counts one request against a party; nothing is counted when it is refused, or when its configuration moved.
 * @throws Failure `limit.rate` or `limit.usage` with Retry-After when a limit is reached
 * @throws Failure `auth.session_ended` when the session was revoked, or idle for too long
 * @throws Failure `dependency.unavailable` when the counters cannot be reached: never open
 */
export async function admit(party: Party, moment: Moment): Promise<Admission> {
  assertNotRefused(party, moment.now);
  const taken = await take(party, seen.get(party.key)?.counts ?? {}, moment);
  if (taken.outcome === 'moved') return { movedTo: taken.version };
  // Not remembered: the item is the person's, and their other sessions go on.
  if (taken.outcome === 'session') throw sessionEnded();
  if (taken.outcome === 'impersonation') throw impersonationEnded(party.impersonation ?? '', moment.now);
  keep(seen, party.key, { counts: taken.counts, at: moment.now });
  if (taken.outcome === 'taken') {
    if (party.session !== undefined) await capSessions(party.key, taken.counts, moment.deadlineMs);
    return { states: party.counters.map((counter) => stateOf(counter, taken.counts)) };
  }
  const { counter } = taken;
  // A usage limit may be raised, and what was bought shall be there at once; a rate is over in a minute.
  if (counter.kind === 'rate') {
    keep(refusals, party.key, { untilMs: moment.now.getTime() + rememberedMs, counter });
  }
  throw limitReached(counter, {
    ...{ type: 'limit_exceeded', subject: counter.policy, occurrence: counter.attribute },
  });
}

/** What counting a caller and a tenant came to; when a configuration moved, neither is counted. */
export type Passage = { states: LimitState[] } | { moved: 'caller' | 'tenant'; to: number };

/**
 * Counts a caller and the tenant it calls in: at the same time while both have plenty of room, else the caller
 * first, so that who is refused there never costs the tenant and its other members (TEN-12). Both are counted, or
 * neither.
 * @throws what `admit` throws
 */
export async function admitBoth(caller: Party, tenant: Party, moment: Moment): Promise<Passage> {
  assertNotRefused(caller, moment.now);
  assertNotRefused(tenant, moment.now);
  const isRoomy = roomOf(caller, moment.now) >= plenty.caller && roomOf(tenant, moment.now) >= plenty.tenant;
  const first = admit(caller, moment);
  const [one, other] = await Promise.allSettled([
    first,
    isRoomy ? admit(tenant, moment) : first.then((admitted) => afterwards(admitted, tenant, moment)),
  ]);
  if (isCounted(one) && isCounted(other)) {
    return { states: [...one.value.states, ...other.value.states] };
  }
  // What cannot be taken back stays counted: a request less for one, and never one more than allowed.
  const counted = isCounted(one) ? caller : isCounted(other) ? tenant : undefined;
  if (counted !== undefined) await giveBack(counted, moment.deadlineMs).catch(() => undefined);
  if (one.status === 'rejected') throw one.reason;
  if (other.status === 'rejected') throw other.reason;
  if ('movedTo' in one.value) return { moved: 'caller', to: one.value.movedTo };
  return { moved: 'tenant', to: 'movedTo' in other.value ? other.value.movedTo : 0 };
}

/** The tenant's turn, once the caller was counted; else there is nothing to count. */
async function afterwards(caller: Admission, tenant: Party, moment: Moment): Promise<Admission> {
  return 'movedTo' in caller ? caller : admit(tenant, moment);
}

function isCounted(
  outcome: PromiseSettledResult<Admission>,
): outcome is PromiseFulfilledResult<{ states: LimitState[] }> {
  return outcome.status === 'fulfilled' && 'states' in outcome.value;
}

/**
 * How much room it takes to count both at once: more than all requests that are under way can use up. Concurrent
 * requests of one tenant come from many callers, those of one caller from few.
 */
const plenty = { caller: 10, tenant: 100 };

/** What is left of the party's tightest limit, as this instance knows; nothing when it knows nothing. */
function roomOf({ key, counters }: Party, now: Date): number {
  const known = seen.get(key);
  if (known === undefined || now.getTime() - known.at.getTime() > seenMs) return 0;
  return Math.min(...counters.map((counter) => leftOf(counter, known.counts)));
}

/** Keeps an entry, and drops the oldest when there are too many. */
function keep<Value>(map: Map<GateKey, Value>, key: GateKey, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > mostRemembered ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

/** The failure for a session that was revoked, was idle too long, or has reached its end. */
export function sessionEnded(): Failure {
  return fail(problems.sessionEnded, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
}

function limitReached(counter: Counter, securityEvent?: Failure['detail']['securityEvent']): Failure {
  const { kind, policy, limit, resetSeconds } = counter;
  const isRate = kind === 'rate';
  return fail(isRate ? problems.rateLimited : problems.usageExceeded, {
    policy,
    detail: isRate
      ? `At most ${limit} requests a minute for this ${policy}.`
      : `At most ${limit} under the policy ${policy}.`,
    headers: { 'retry-after': String(resetSeconds), ...limitHeaders([{ ...counter, remaining: 0 }]) },
    ...(securityEvent === undefined ? {} : { securityEvent }),
  });
}
