/** Who is counted for a request, and against what: the plan's limits, unless the platform gave others (LIM-1, LIM-2). */
import {
  messageLimits,
  type MessageLimits,
  type MeterName,
  type RateClass,
  rateClasses,
  rateLimits,
  type RateLimits,
  usageLimits,
  type UsageLimits,
  type UsageWindow,
} from '../config/plans.ts';
import type { ApiKeyId, UserId } from '../contract/ids.ts';
import type { TenantFacts } from '../tenancy/entry.ts';
import { type Counter, rateCounter, usageCounters } from './counters.ts';
import { gateKeys } from './keys.ts';
import type { Party, Session } from './take.ts';

const day = 86_400;
/** Longer than a session lasts, and than the longest window. */
const keptSeconds = { principal: 2 * day, tenant: 62 * day, address: day };

/** What a tenant may do in a minute. */
export function ratesOf({ plan, settings }: TenantFacts): RateLimits {
  return { ...rateLimits[plan], ...settings.overrides.rates };
}

/** How many messages a tenant may send in a day. */
export function messagesOf({ plan, settings }: TenantFacts): MessageLimits {
  return { ...messageLimits[plan], ...settings.overrides.rates };
}

/** What a tenant may use in each window; an override of a window stands beside the plan's other ones. */
export function usageOf({ plan, settings }: TenantFacts): UsageLimits {
  const merged = Object.entries(usageLimits[plan]).map(([meter, windows]) => {
    const overrides = settings.overrides.usage[meter as MeterName] ?? {};
    const limits = Object.entries({ ...windows, ...overrides }) as [UsageWindow, number | null][];
    return [meter, Object.fromEntries(limits.filter(([, limit]) => limit !== null))];
  });
  return Object.fromEntries(merged) as UsageLimits;
}

/** A person, with the session that the token belongs to; where no tenant is known, what the smallest plan allows. */
export function personParty(
  { id, session, tenant }: { id: UserId; session: Session; tenant: TenantFacts | undefined },
  rate: RateClass,
  now: Date,
): Party {
  const { userPerMinute } = tenant === undefined ? rateLimits.basic : ratesOf(tenant);
  return {
    key: gateKeys.user(id),
    counters: [rateCounter('user', userPerMinute, now), ...classCounters(rate, now)],
    session,
    keptSeconds: keptSeconds.principal,
  };
}

/** An API key, whose tenant is known with it; both as they were read under their versions. */
export function keyParty(
  { id, version, tenant }: { id: ApiKeyId; version: number; tenant: TenantFacts },
  rate: RateClass,
  now: Date,
): Party {
  return {
    key: gateKeys.apiKey(id),
    version,
    counters: [rateCounter('key', ratesOf(tenant).keyPerMinute, now), ...classCounters(rate, now)],
    keptSeconds: keptSeconds.principal,
  };
}

/** A tenant, with its API calls where the endpoint counts them. */
export function tenantParty(tenant: TenantFacts, meter: MeterName | undefined, now: Date): Party {
  const { timeZone } = tenant.settings;
  return {
    key: gateKeys.tenant(tenant.id),
    version: tenant.version,
    counters: [
      rateCounter('tenant', ratesOf(tenant).tenantPerMinute, now),
      ...(meter === undefined ? [] : usageCounters(meter, usageOf(tenant), { timeZone, now })),
    ],
    keptSeconds: keptSeconds.tenant,
  };
}

/** An address on the internet, on public endpoints of a class that has a rate. */
export function addressParty(ip: string, rate: RateClass, now: Date): Party | undefined {
  const counters = classCounters(rate, now);
  if (counters.length === 0) return undefined;
  return { key: gateKeys.address(ip), counters, keptSeconds: keptSeconds.address };
}

/** The class's own counter, beside the caller's. */
function classCounters(rate: RateClass, now: Date): Counter[] {
  const { perMinute }: { perMinute?: number } = rateClasses[rate];
  return perMinute === undefined ? [] : [rateCounter(rate, perMinute, now, rate)];
}
