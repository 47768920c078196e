/**
 * Who is told that a limit is nearly used up (LIM-3). Counters say when a threshold may have been crossed, but they
 * repeat themselves when counts are given back; so a row in Postgres decides that it is told, and once. The limit is
 * part of what is told: after an upgrade, four fifths of the new limit are told again, and after a downgrade what is
 * used already may reach the lower one with the next call.
 */
import type { z } from 'zod';
import { type MeterName, meterNames, type UsageWindow, usageWindows } from '../config/plans.ts';
import type { JobContext, Transaction } from '../contract/context.ts';
import type { TenantId } from '../contract/ids.ts';
import { sql } from '../db/sql.ts';
import type { TenantFacts } from '../tenancy/entry.ts';
import type { LimitState } from './counters.ts';
import { usageEvents, type UsageThreshold, usageThresholds } from './usage.events.ts';
import { usagePeriod, usageWindow } from './windows.ts';

/** A threshold of a limit that was reached in a window. */
export type Crossing = {
  meter: MeterName;
  window: UsageWindow;
  /** The window's counter. */
  period: string;
  threshold: UsageThreshold;
  limit: number;
  used: number;
};

/** Whose windows, and when. */
type When = { timeZone: string; now: Date };

/** Which thresholds these limits stand at or past; of a limit of nothing there is nothing to tell. */
export function crossingsOf(states: readonly LimitState[], { timeZone, now }: When): Crossing[] {
  return states.flatMap((state) => {
    if (!isNear(state)) return [];
    const { meter, window } = meterOf(state.policy);
    if (meter === undefined || window === undefined) return [];
    const { limit, remaining } = state;
    const { attribute: period } = usageWindow(window, timeZone, now);
    return usageThresholds
      .filter((threshold) => (limit - remaining) * 100 >= threshold * limit)
      .map((threshold) => ({
        ...{ meter, window, period, threshold, limit },
        used: limit - remaining,
      }));
  });
}

/** Every request asks: rates are over within the minute, and most usage is far from its limit. */
function isNear({ limit, remaining, windowSeconds }: LimitState): boolean {
  return windowSeconds > 60 && limit > 0 && (limit - remaining) * 100 >= usageThresholds[0] * limit;
}

function meterOf(policy: string): { meter: MeterName | undefined; window: UsageWindow | undefined } {
  const end = policy.lastIndexOf('-');
  return {
    meter: meterNames.find((name) => name === policy.slice(0, end)),
    window: usageWindows.find((name) => name === policy.slice(end + 1)),
  };
}

/** What distinguishes a crossing from every other one of any tenant. */
export function crossingName(tenant: TenantId, { meter, period, threshold, limit }: Crossing): string {
  return [tenant, meter, period, threshold, limit].join(' ');
}

type Told = z.input<typeof usageEvents.thresholdReached.data>;

/**
 * Writes down crossings in the tenant's transaction and says which of them nobody had told before.
 * @returns the data of one event for each new one: whoever calls publishes them in the same transaction
 */
export async function newlyCrossed(
  tx: Transaction,
  tenantId: TenantId,
  crossings: readonly Crossing[],
  { timeZone, now }: When,
): Promise<Told[]> {
  const told = await tx.query<{ meter: string; period: string; threshold: number }>(sql`
    insert into app.usage_alerts (tenant_id, meter, period, threshold, usage_limit, used)
    select app.tenant_id(), crossed.* from unnest(
      ${crossings.map(({ meter }) => meter)}::text[], ${crossings.map(({ period }) => period)}::text[],
      ${crossings.map(({ threshold }) => threshold)}::smallint[],
      ${crossings.map(({ limit }) => limit)}::bigint[], ${crossings.map(({ used }) => used)}::bigint[]) as crossed
    on conflict do nothing
    returning meter, period, threshold`);
  return crossings
    .filter(({ meter, period, threshold }) =>
      told.some((row) => row.meter === meter && row.period === period && row.threshold === threshold),
    )
    .map(({ meter, window, threshold, limit, used }) => ({
      ...{ tenantId, meter, window, threshold, limit, used },
      resetsAt: usagePeriod(window, timeZone, now).resetsAt.toISOString(),
    }));
}

/** What an operation or a worker does with what it took (usage.ts): tells it with its own transaction, or not at all. */
export async function tellUsage(
  ctx: Pick<JobContext, 'tx' | 'emit' | 'now'>,
  tenant: TenantFacts,
  states: readonly LimitState[],
): Promise<void> {
  const when = { timeZone: tenant.settings.timeZone, now: ctx.now() };
  const crossings = crossingsOf(states, when);
  if (crossings.length === 0) return;
  for (const data of await newlyCrossed(ctx.tx, tenant.id, crossings, when)) {
    ctx.emit(usageEvents.thresholdReached, data);
  }
}
