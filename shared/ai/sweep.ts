/**
 * Finishes what calls left behind when their function was stopped: holds that are over, rows that the ledger could not
 * take, alerts that were not told, budgets that were published and not committed. It may run at any time and any
 * number of times, beside the calls themselves: whatever it does is decided by a row in the ledger.
 */
import type { Pool } from 'pg';
import type { Log, LongContext, Transaction } from '../contract/context.ts';
import { formatId, type TenantId } from '../contract/ids.ts';
import { sql } from '../db/sql.ts';
import { transact } from '../db/transaction.ts';
import type { Plan } from '../config/plans.ts';
import { isOver } from '../limits/windows.ts';
import { alertsDue } from './budgets/alerts.ts';
import { inForce, tagOf, tenantScope } from './budgets/budget.ts';
import { expiryOf, type Hold, keptName, spentName, unpackHold } from './budgets/hold.ts';
import { type BudgetItem, readItem, writeItem } from './budgets/item.ts';
import { storedBudgets } from './budgets/manage.ts';
import { publishBudgets } from './budgets/publish.ts';
import { windowsAt } from './budgets/reserve.ts';
import { settle } from './budgets/settle.ts';
import { enterAlone, type LedgerEntry } from './ledger/entry.ts';
import { unpackEntry } from './ledger/kept.ts';
import { tellOnce } from './ledger/tell.ts';

export type Swept = {
  tenants: number;
  expired: number;
  late: number;
  alerts: number;
  failed: number;
  /** What all of them have spent today, each in the day of its own time zone. */
  spentTodayPico: bigint;
};

const stepMs = 5_000;

/**
 * Sweeps every tenant that has called a model lately. One that cannot be swept does not keep others from it.
 * @param systemPool connects as `app_system`
 */
export async function sweepBudgets(systemPool: Pool, now: Date, log: Log): Promise<Swept> {
  const swept: Swept = { tenants: 0, expired: 0, late: 0, alerts: 0, failed: 0, spentTodayPico: 0n };
  const outside = { tenantId: null, userId: null, requestId: 'ai-sweep' };
  const rows = await transact(systemPool, outside, (tx) =>
    tx.query<{ tenant_id: string }>(sql`
      select tenant_id from app.ai_tenants where active_at > ${now}::timestamptz - interval '2 days'`),
  );
  for (const { tenant_id } of rows) {
    const inside = { ...outside, tenantId: tenant_id };
    try {
      const one = await sweepTenant(
        formatId('tenant', tenant_id),
        (work) => transact(systemPool, inside, work),
        now,
      );
      swept.tenants += 1;
      for (const name of ['expired', 'late', 'alerts'] as const) swept[name] += one[name];
      swept.spentTodayPico += one.spentTodayPico;
    } catch (error) {
      swept.failed += 1;
      log.error('the budgets of a tenant were not swept', {
        tenantId: tenant_id,
        error: error instanceof Error ? error.name : typeof error,
      });
    }
  }
  return swept;
}

type Transact = LongContext['transact'];

async function sweepTenant(
  tenantId: TenantId,
  inTenant: Transact,
  now: Date,
): Promise<Pick<Swept, 'expired' | 'late' | 'alerts' | 'spentTodayPico'>> {
  const before = await readItem(tenantId, Date.now() + stepMs);
  const due = dueHolds(tenantId, before, now);
  for (const { hold, entry } of due) {
    const decided = await enterAlone(inTenant, entry);
    await settle(hold, decided.costPico, Date.now() + stepMs);
  }
  const item = due.length === 0 ? before : await readItem(tenantId, Date.now() + stepMs);
  const { alerts, today } = await inTenant(async (tx) => {
    const { plan, timeZone } = await payerIn(tx);
    await republish(tx, tenantId, item);
    const windows = windowsAt({ timeZone }, now);
    const due = alertsDue(inForce(item.budgets, plan), windows, item.amounts, now);
    return { alerts: await tellOnce(tx, due), today: windows[0] };
  });
  await prune(tenantId, item, now);
  const expired = due.filter(({ entry }) => entry.status === 'expired').length;
  const spentTodayPico = item.amounts.get(spentName(today, tagOf(tenantScope))) ?? 0n;
  return { expired, late: due.length - expired, alerts, spentTodayPico };
}

/** The login of system jobs sees every tenant, so the one that is meant is named. */
function payerIn(tx: Transaction): Promise<{ plan: Plan; timeZone: string }> {
  return tx.one(sql`
    select t.plan, coalesce(s.time_zone, 'UTC') as "timeZone"
    from app.tenants t left join app.tenant_settings s on s.tenant_id = t.id
    where t.id = app.tenant_id()`);
}

/** Holds that nobody will end but us, and what the ledger is to say of each. */
function dueHolds(
  tenantId: TenantId,
  { texts }: BudgetItem,
  now: Date,
): { hold: Hold; entry: LedgerEntry }[] {
  return [...texts].flatMap(([name, text]) => {
    const expiresMs = expiryOf(name);
    if (expiresMs === undefined) return [];
    const hold = unpackHold(tenantId, name, text);
    const kept = texts.get(keptName(hold));
    if (kept !== undefined) return [{ hold, entry: unpackEntry(kept) }];
    return expiresMs <= now.getTime() ? [{ hold, entry: expiredEntry(hold) }] : [];
  });
}

/** Nobody knows what it cost: at most what was reserved. */
function expiredEntry({ callId, note, amountPico }: Hold): LedgerEntry {
  return {
    ...{ id: callId, status: 'expired', note, costPico: amountPico, reservedPico: amountPico },
    usage: { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
    ...{ latencyMs: null, attempts: 1, overBudget: false },
  };
}

/** What the database decided stands in the item, also when a transaction that published failed in the end. */
async function republish(tx: Transaction, tenantId: TenantId, { version }: BudgetItem): Promise<void> {
  const stored = await tx.one<{ version: string }>(
    sql`select budgets_version as version from app.ai_tenants where tenant_id = app.tenant_id() for update`,
  );
  if (version === Number(stored.version) || version === undefined) return;
  const next = await tx.one<{ version: string }>(sql`
    update app.ai_tenants set budgets_version = app.next_version(greatest(budgets_version, ${String(version)}::bigint))
    where tenant_id = app.tenant_id() returning budgets_version as version`);
  const budgets = await storedBudgets(tx);
  await publishBudgets(tenantId, Number(next.version), { budgets }, Date.now() + stepMs);
}

/** Removes the counters of windows that are over; a hold that is still there keeps them. */
async function prune(tenantId: TenantId, { amounts, texts }: BudgetItem, now: Date): Promise<void> {
  if ([...texts.keys()].some((name) => expiryOf(name) !== undefined)) return;
  const over = [...amounts.keys()].filter((name) => isOver(name.replace(/^s/, ''), now));
  // An update has room for so many names.
  if (over.length > 0) await writeItem(tenantId, { remove: over.slice(0, 100) }, Date.now() + stepMs);
}
