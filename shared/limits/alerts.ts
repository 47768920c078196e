/**
 * Who is told that a limit is nearly used up (LIM-3). Counters say when a threshold may have been crossed, but they
 * repeat themselves when counts are given back; so a row in Postgres decides that it is told, and once. The limit is
 * part of what is told: after an upgrade, four fifths of the new limit are told again, and after a downgrade what is
 * used already may reach the lower one with the next call.
 */
import { type MeterName, meterNames, type UsageWindow, usageWindows } from '../config/plans.ts';
import type { JobContext, Transaction } from '../contract/context.ts';
import { formatId, type TenantId } from '../contract/ids.ts';
import { sql } from '../db/sql.ts';
import type { TenantFacts } from '../tenancy/entry.ts';
import type { LimitState } from './counters.ts';
import { usageEvents, usageJobs, type UsageThreshold, usageThresholds } from './usage.events.ts';
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

/** What publishes with a transaction, and when it is. */
type Teller = Pick<JobContext, 'tx' | 'emit' | 'enqueue' | 'now'>;

/**
 * Writes down crossings in the tenant's transaction and tells of those that nobody had told before: an event, and mail
 * to the owners. Who has used up an hour is told by event alone: it is over before anybody has read a mail.
 */
export async function tellCrossings(
  { tx, emit, enqueue, now }: Teller,
  tenant: TenantFacts,
  crossings: readonly Crossing[],
): Promise<void> {
  const { timeZone } = tenant.settings;
  const told = (await newOf(tx, crossings)).map(({ meter, window, threshold, limit, used }) => ({
    ...{ meter, window, threshold, limit, used },
    resetsAt: usagePeriod(window, timeZone, now()).resetsAt.toISOString(),
  }));
  for (const reached of told) emit(usageEvents.thresholdReached, { tenantId: tenant.id, ...reached });
  // Where one call crossed both thresholds, that all is used says it.
  const mailed = told.filter(
    ({ meter, window, threshold }) =>
      window !== 'hour' &&
      !told.some((more) => more.meter === meter && more.window === window && more.threshold > threshold),
  );
  if (mailed.length === 0) return;
  const owners = await tx.query<{ user_id: string }>(
    sql`select user_id from app.memberships where role = 'owner' order by user_id`,
  );
  for (const { user_id } of owners) {
    for (const reached of mailed) {
      enqueue(usageJobs.mailOwner, { userId: formatId('user', user_id), ...reached });
    }
  }
}

/** What an operation or a worker does with what it took (usage.ts): tells it with its own transaction, or not at all. */
export async function tellUsage(
  teller: Teller,
  tenant: TenantFacts,
  states: readonly LimitState[],
): Promise<void> {
  const crossings = crossingsOf(states, { timeZone: tenant.settings.timeZone, now: teller.now() });
  if (crossings.length > 0) await tellCrossings(teller, tenant, crossings);
}

/** Those that were not written down before; whoever writes the same at this moment is waited for. */
async function newOf(tx: Transaction, crossings: readonly Crossing[]): Promise<Crossing[]> {
  const told = await tx.query<{ meter: string; period: string; threshold: number }>(sql`
    insert into app.usage_alerts (tenant_id, meter, period, threshold, usage_limit, used)
    select app.tenant_id(), crossed.* from unnest(
      ${crossings.map(({ meter }) => meter)}::text[], ${crossings.map(({ period }) => period)}::text[],
      ${crossings.map(({ threshold }) => threshold)}::smallint[],
      ${crossings.map(({ limit }) => limit)}::bigint[], ${crossings.map(({ used }) => used)}::bigint[]) as crossed
    on conflict do nothing
    returning meter, period, threshold`);
  return crossings.filter(({ meter, period, threshold }) =>
    told.some((row) => row.meter === meter && row.period === period && row.threshold === threshold),
  );
}
