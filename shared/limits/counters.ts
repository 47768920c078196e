/**
 * What a request is counted against, and whether it still has room. A rate is counted in fixed minutes: a minute
 * may reach twice the rate if the one before stayed within it. Fixed minutes need one counter and one condition;
 * a sliding window or a bucket needs arithmetic that a conditional update cannot do.
 */
import type { MeterName, UsageLimits } from '../config/plans.ts';
import { usageWindows } from '../config/plans.ts';
import { minuteWindow, usageWindow } from './windows.ts';

/** The numbers of an item of the gate's table. */
export type Counts = Readonly<Record<string, number>>;

/** One limit that a request is counted against. */
export type Counter = {
  kind: 'rate' | 'usage';
  /** What the caller reads: `user`, `tenant`, `api_calls-month`. */
  policy: string;
  attribute: string;
  limit: number;
  windowSeconds: number;
  resetSeconds: number;
  /** The counter of the minute before, where twice the limit may be reached. */
  previous?: string;
};

/** A rate of so many requests a minute; `of` tells counters of one item apart. */
export function rateCounter(policy: string, perMinute: number, now: Date, of = ''): Counter {
  const { attribute, previous, resetSeconds } = minuteWindow(now);
  return {
    ...{ kind: 'rate', policy, limit: perMinute, windowSeconds: 60, resetSeconds },
    ...{ attribute: `${attribute}${of}`, previous: `${previous}${of}` },
  };
}

/** One counter for each window in which the meter has a limit. */
export function usageCounters(
  meter: MeterName,
  limits: UsageLimits,
  { timeZone, now, of = '' }: { timeZone: string; now: Date; of?: string },
): Counter[] {
  return usageWindows.flatMap((window) => {
    const limit = limits[meter][window];
    if (limit === undefined) return [];
    const { attribute, resetSeconds } = usageWindow(window, timeZone, now);
    return [
      {
        ...{ kind: 'usage' as const, policy: `${meter}-${window}`, limit, resetSeconds },
        ...{ attribute: `${attribute}${of}`, windowSeconds: windowSeconds[window] },
      },
    ];
  });
}

const windowSeconds = { hour: 3_600, day: 86_400, month: 2_592_000 };

/** The most that the counter may reach in its window. */
export function ceilingOf({ limit, previous }: Counter, counts: Counts): number {
  if (previous === undefined) return limit;
  return (counts[previous] ?? 0) > limit ? limit : 2 * limit;
}

/** How many more requests there is room for. */
export function leftOf(counter: Counter, counts: Counts): number {
  return ceilingOf(counter, counts) - (counts[counter.attribute] ?? 0);
}

/** Where a limit stands after this request; what callers are told of it. */
export type LimitState = {
  policy: string;
  limit: number;
  remaining: number;
  resetSeconds: number;
  windowSeconds: number;
};

/** What is left of the limit, without the burst: nobody should plan with it. */
export function stateOf(counter: Counter, counts: Counts): LimitState {
  const { policy, limit, resetSeconds, windowSeconds, attribute } = counter;
  return {
    ...{ policy, limit, resetSeconds, windowSeconds },
    remaining: Math.max(0, limit - (counts[attribute] ?? 0)),
  };
}

/** The response headers of the IETF draft: the policies and what is left of each. */
export function limitHeaders(states: readonly LimitState[]): Record<string, string> {
  if (states.length === 0) return {};
  return {
    'ratelimit-policy': states
      .map(({ policy, limit, windowSeconds: w }) => `"${policy}";q=${limit};w=${w}`)
      .join(', '),
    ratelimit: states
      .map(({ policy, remaining, resetSeconds }) => `"${policy}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
  };
}
