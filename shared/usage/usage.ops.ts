/** Reading what a tenant has used (LIM-2): the gate's own counters, and what Postgres holds. */
import { allowances } from '../config/plans.ts';
import type { Transaction } from '../contract/context.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { seatsUsed } from '../limits/seats.ts';
import { readUsage } from '../limits/usage.ts';
import { tenantFactsIn } from '../tenancy/facts-in.ts';
import type { Entitlement, usageContract } from './usage.contract.ts';

/** The counters stand in another store than the plan: both are asked within the patience of one request. */
const patienceMs = 1_500;

export const usageOps: Ops<typeof usageContract> = {
  get: async (ctx) => {
    const [tenant, seats, bytes] = await Promise.all([
      tenantFactsIn(ctx.tx),
      seatsUsed(ctx.tx),
      storedBytes(ctx.tx),
    ]);
    const moment = { now: ctx.now(), deadlineMs: ctx.now().getTime() + patienceMs };
    const meters = await readUsage(tenant, moment);
    const included = allowances[tenant.plan];
    return {
      plan: tenant.plan,
      timeZone: tenant.settings.timeZone,
      meters: meters.map(({ meter, window, startsAt, resetsAt, used, limit }) => ({
        ...{ meter, window, ...entitlementOf(used, limit) },
        ...{ startsAt: startsAt.toISOString(), resetsAt: resetsAt.toISOString() },
      })),
      seats: entitlementOf(seats, included.seats),
      storageBytes: entitlementOf(bytes, included.storageBytes),
    };
  },
};

/** Files that are there: exports count until they expire. Backups are the house's own and cost a tenant nothing. */
async function storedBytes(tx: Transaction): Promise<number> {
  const { bytes } = await tx.one<{ bytes: string }>(
    sql`select coalesce(sum(bytes), 0) as bytes from app.exports where status = 'finished'`,
  );
  return Number(bytes);
}

function entitlementOf(usage: number, limit: number | undefined): Entitlement {
  if (limit === undefined) return { hasAccess: true, balance: null, usage, overage: 0, limit: null };
  const balance = Math.max(0, limit - usage);
  return { hasAccess: balance > 0, balance, usage, overage: Math.max(0, usage - limit), limit };
}
