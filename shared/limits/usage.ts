/**
 * What a tenant uses up besides API calls: exports, runs of workflows, messages (LIM-2). They stand in an item of
 * their own, which no request pays for that uses none of them. Several at once are taken together or not at all, and
 * whoever took what came to nothing gives it back. A request to the table that got lost may have been carried out and
 * is sent again: what is counted may then be too much, and what is admitted never is.
 */
import { type MeterName, type UsageWindow, usageWindows } from '../config/plans.ts';
import { fail, type Failure, problems } from '../contract/errors.ts';
import type { TenantFacts } from '../tenancy/entry.ts';
import {
  type Counter,
  type Counts,
  limitHeaders,
  type LimitState,
  stateOf,
  usageCounters,
} from './counters.ts';
import type { Moment } from './gate.ts';
import { read, send, updateOf } from './item.ts';
import { type GateKey, gateKeys } from './keys.ts';
import { usageOf } from './parties.ts';
import { isOver, type Period, usagePeriod, usageWindow } from './windows.ts';

/** What is taken here; the gate counts API calls itself. */
export type TakenMeter = Exclude<MeterName, 'api_calls'>;

/** What was taken, to be given back; plain data, so that a workflow can carry it from step to step. */
export type UsageReceipt = { key: GateKey; attributes: readonly string[]; amount: number };

/** Where the limits stand, for whoever tells the tenant (alerts.ts), and how to give back. */
export type TakenUsage = { states: LimitState[]; receipt: UsageReceipt };

/** Longer than the longest window. */
const keptSeconds = 62 * 86_400;
const tries = 8;
/** A read finds finished windows in the way, a write pays for their removal: not every time. */
const mostFinished = 8;

/**
 * Takes some of a meter, on all instances together never more than the limits.
 * @param amount a whole number of at least one
 * @param beside further limits of the same item, taken with the others or not at all
 * @throws Failure `limit.usage`, or `limit.rate` for one beside, when that much is not left; nothing is taken then
 * @throws Failure `dependency.unavailable` when the table cannot be reached: never open
 */
export async function takeUsage(
  tenant: TenantFacts,
  meter: TakenMeter,
  amount: number,
  { now, deadlineMs }: Moment,
  beside: readonly Counter[] = [],
): Promise<TakenUsage> {
  if (!Number.isSafeInteger(amount) || amount < 1) throw new TypeError(`cannot take ${amount} of ${meter}`);
  const key = gateKeys.usage(tenant.id);
  const counters = [...takenCounters(tenant, meter, now), ...beside];
  // What is not limited is counted all the same: the tenant can read it.
  const month = attributeOf(meter, usageWindow('month', tenant.settings.timeZone, now));
  const attributes = [...new Set([...counters.map(({ attribute }) => attribute), month])];
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const isPossible = counters.every(({ limit }) => amount <= limit);
    const counts = isPossible ? await add({ key, counters, attributes, amount }, now, deadlineMs) : undefined;
    if (counts !== undefined) {
      await forgetFinished(key, counts, now, deadlineMs);
      const states = counters.map((counter) => stateOf(counter, counts));
      return { states, receipt: { key, attributes, amount } };
    }
    const found = await read(key, deadlineMs);
    const full = counters.find(({ attribute, limit }) => (found[attribute] ?? 0) + amount > limit);
    if (full !== undefined) throw usedUp(full, found, full.attribute);
    // Something was given back between the two: whoever has room is not refused.
  }
  throw fail(problems.unavailable);
}

/**
 * Gives back what came to nothing; once for each receipt.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function giveBackUsage(
  { key, attributes, amount }: UsageReceipt,
  deadlineMs: number,
): Promise<void> {
  const update = updateOf(key);
  for (const attribute of attributes) {
    update.add(attribute, -amount);
    // Its window may be over and forgotten: then nothing is there to take it from.
    update.when((n, v) => `${n(attribute)} >= ${v(amount)}`);
  }
  await send(update, deadlineMs);
}

/** One meter in one window, as a tenant may read it; without a limit where nothing binds. */
export type MeterUsage = Period & { meter: MeterName; window: UsageWindow; limit?: number; used: number };

/**
 * How much of everything a tenant has used, as the table has it now: every window that has a limit, and the month of
 * what is counted without one.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function readUsage(tenant: TenantFacts, { now, deadlineMs }: Moment): Promise<MeterUsage[]> {
  const [calls, rest] = await Promise.all([
    read(gateKeys.tenant(tenant.id), deadlineMs),
    read(gateKeys.usage(tenant.id), deadlineMs),
  ]);
  const { timeZone } = tenant.settings;
  return Object.entries(usageOf(tenant)).flatMap(([name, limits]) => {
    const meter = name as MeterName;
    const counts = meter === 'api_calls' ? calls : rest;
    return usageWindows.flatMap((window) => {
      const limit = limits[window];
      const isCounted = limit !== undefined || (window === 'month' && meter !== 'api_calls');
      if (!isCounted) return [];
      const period = usagePeriod(window, timeZone, now);
      const used = counts[attributeOf(meter, period)] ?? 0;
      return [{ ...period, meter, window, used, ...(limit === undefined ? {} : { limit }) }];
    });
  });
}

function takenCounters(tenant: TenantFacts, meter: TakenMeter, now: Date): Counter[] {
  const { timeZone } = tenant.settings;
  return usageCounters(meter, usageOf(tenant), { timeZone, now, of: meter });
}

/** The gate's own counters bear the window's name alone. */
function attributeOf(meter: MeterName, { attribute }: { attribute: string }): string {
  return meter === 'api_calls' ? attribute : `${attribute}${meter}`;
}

type Taking = UsageReceipt & { counters: readonly Counter[] };

/** The item's numbers with the amount in them; undefined when there was no room for it. */
async function add(
  { key, counters, attributes, amount }: Taking,
  now: Date,
  deadlineMs: number,
): Promise<Counts | undefined> {
  const update = updateOf(key);
  for (const attribute of attributes) update.add(attribute, amount);
  for (const { attribute, limit } of counters) {
    const room = limit - amount;
    update.unless((n, v) => `${n(attribute)} > ${v(room)}`);
  }
  update.set('ttl', Math.floor(now.getTime() / 1000) + keptSeconds);
  return send(update, deadlineMs);
}

async function forgetFinished(key: GateKey, counts: Counts, now: Date, deadlineMs: number): Promise<void> {
  const finished = Object.keys(counts).filter((attribute) => isOver(attribute, now));
  if (finished.length <= mostFinished) return;
  const update = updateOf(key);
  for (const attribute of finished) update.remove(attribute);
  // They are in nobody's way; the next one tries again.
  await send(update, deadlineMs).catch(() => undefined);
}

/**
 * The refusal of what a limit has no room for.
 * @param occurrence what makes two refusals one breach, and so one security event
 */
export function usedUp(counter: Counter, counts: Counts, occurrence: string): Failure {
  const { kind, policy, limit, resetSeconds } = counter;
  const state = stateOf(counter, counts);
  return fail(kind === 'rate' ? problems.rateLimited : problems.usageExceeded, {
    ...{ policy, remaining: state.remaining },
    detail: `At most ${limit} under the policy ${policy}.`,
    headers: { 'retry-after': String(resetSeconds), ...limitHeaders([state]) },
    securityEvent: { type: 'limit_exceeded', subject: policy, occurrence },
  });
}
