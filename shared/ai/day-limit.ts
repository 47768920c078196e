/**
 * How often a person may call models in a day (LIM-1). It is counted in the person's item and not in the tenant's item
 * of budgets, which would grow with every person who calls; and by days of UTC, because a person may belong to tenants
 * in several time zones and has one limit. The gate removes the counters of days that are over.
 */
import { aiCallsPerUserDay } from '../config/ai-limits.ts';
import { fail, problems } from '../contract/errors.ts';
import type { UserId } from '../contract/ids.ts';
import { send, updateOf } from '../limits/item.ts';
import { gateKeys } from '../limits/keys.ts';
import { usageWindow } from '../limits/windows.ts';
import type { Moment } from './budgets/reserve.ts';

/**
 * Takes one call of a person's day; returns how to give it back.
 * @throws Failure `limit.usage` with Retry-After when the day's calls are used up
 * @throws Failure `dependency.unavailable` when the counter cannot be reached: never open
 */
export async function takeCallOfDay(
  userId: UserId,
  { now, deadlineMs }: Moment,
): Promise<() => Promise<void>> {
  const { attribute: day, resetSeconds } = usageWindow('day', 'UTC', now);
  const attribute = `${day}ai`;
  const taking = updateOf(gateKeys.user(userId));
  taking.add(attribute, 1);
  taking.unless((n, v) => `${n(attribute)} >= ${v(aiCallsPerUserDay)}`);
  if ((await send(taking, deadlineMs)) === undefined) {
    throw fail(problems.usageExceeded, {
      policy: 'ai_calls-day',
      headers: { 'retry-after': String(resetSeconds) },
      securityEvent: { type: 'limit_exceeded', subject: 'ai_calls-day', occurrence: attribute },
    });
  }
  return async () => {
    const giving = updateOf(gateKeys.user(userId));
    giving.add(attribute, -1);
    giving.when((n, v) => `${n(attribute)} > ${v(0)}`);
    await send(giving, Date.now() + 2_000);
  };
}
