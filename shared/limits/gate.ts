/**
 * Counts parties, and remembers in this instance whose rate was used up: insisting costs no round trip for a
 * second, and the table is not asked again what it has just said.
 */
import { fail, type Failure, problems } from '../contract/errors.ts';
import { type Counter, type Counts, limitHeaders, type LimitState, stateOf } from './counters.ts';
import type { GateKey } from './keys.ts';
import { type Party, take } from './take.ts';

/** When a request came, and until when anything is waited for, in epoch milliseconds. */
export type Moment = { now: Date; deadlineMs: number };

const rememberedMs = 1_000;
const mostRemembered = 5_000;

const refusals = new Map<GateKey, { untilMs: number; counter: Counter }>();
const seen = new Map<GateKey, Counts>();

/**
 * Counts one request against a party and says where its limits stand.
 * @throws Failure `limit.rate` or `limit.usage` with Retry-After when a limit is reached
 * @throws Failure `auth.session_ended` when the session was revoked, or idle for too long
 * @throws Failure `dependency.unavailable` when the counters cannot be reached: never open
 */
export async function count(party: Party, moment: Moment): Promise<LimitState[]> {
  const refused = refusals.get(party.key);
  // Told as an event when it was refused first.
  if (refused !== undefined && refused.untilMs > moment.now.getTime()) throw limitReached(refused.counter);
  refusals.delete(party.key);
  const taken = await take(party, seen.get(party.key) ?? {}, moment);
  if (taken.outcome === 'moved') throw fail(problems.unavailable);
  // Not remembered: the item is the person's, and their other sessions go on.
  if (taken.outcome === 'session') throw sessionEnded();
  keep(seen, party.key, taken.counts);
  if (taken.outcome === 'taken') return party.counters.map((counter) => stateOf(counter, taken.counts));
  const { counter } = taken;
  // A usage limit may be raised, and what was bought shall be there at once; a rate is over in a minute.
  if (counter.kind === 'rate') {
    keep(refusals, party.key, { untilMs: moment.now.getTime() + rememberedMs, counter });
  }
  throw limitReached(counter, {
    ...{ type: 'limit_exceeded', subject: counter.policy, occurrence: counter.attribute },
  });
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
