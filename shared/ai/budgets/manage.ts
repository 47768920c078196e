/**
 * What a tenant decides about its budgets. It is published with the transaction that decides it: where that cannot be
 * done nothing is decided, and should the commit fail after it, the sweep publishes what the database says.
 */
import { mostBudgetScopes } from '../../config/ai-limits.ts';
import { type Actor, storedActor } from '../../contract/actor.ts';
import type { Transaction } from '../../contract/context.ts';
import { fail } from '../../contract/errors.ts';
import type { TenantId } from '../../contract/ids.ts';
import { sql } from '../../db/sql.ts';
import {
  type BudgetPolicy,
  type BudgetScopeKind,
  type BudgetWindow,
  tooManyScopes,
  unknownBudget,
} from '../money.contract.ts';
import { type Budget, dailyAlertAt, inForce, limitAt, type Scope, tagOf } from './budget.ts';
import { committedName, spentName } from './hold.ts';
import { readItem } from './item.ts';
import { publishBudgets, type Seed } from './publish.ts';
import { type Moment, type Payer, windowsAt } from './reserve.ts';

/** One of a tenant's budgets. */
export type BudgetKey = Scope & { window: BudgetWindow };

/**
 * Sets a budget, new or not.
 * @throws Failure `ai.too_many_budgets` beyond 200 scopes
 */
export async function setBudget(
  tx: Transaction,
  budget: Omit<Budget, 'increases'>,
  payer: Payer,
  moment: Moment,
): Promise<void> {
  const version = await nextVersion(tx);
  await tx.query(sql`
    insert into app.ai_budgets (tenant_id, scope, subject, period, limit_pico, policy)
    values (app.tenant_id(), ${budget.kind}, ${budget.subject}, ${budget.window}, ${String(budget.limitPico)},
      ${budget.policy})
    on conflict (tenant_id, scope, subject, period)
      do update set limit_pico = excluded.limit_pico, policy = excluded.policy, updated_at = now()`);
  const budgets = await storedBudgets(tx);
  // The version's row is locked, so nobody adds another in the meantime.
  if (new Set(budgets.map(tagOf)).size > mostBudgetScopes) throw fail(tooManyScopes);
  const seeds = await seedsOf(tx, budget, payer, moment.now);
  await publishBudgets(payer.id, version, { budgets, seeds }, moment.deadlineMs);
}

/**
 * Removes a budget with its increases.
 * @throws Failure `ai.unknown_budget`
 */
export async function removeBudget(
  tx: Transaction,
  key: BudgetKey,
  payer: Payer,
  moment: Moment,
): Promise<void> {
  const version = await nextVersion(tx);
  const { kind, subject, window } = key;
  await tx.query(sql`
    delete from app.ai_budget_increases where scope = ${kind} and subject = ${subject} and period = ${window}`);
  const removed = await tx.query(sql`
    delete from app.ai_budgets where scope = ${kind} and subject = ${subject} and period = ${window}
    returning true as removed`);
  if (removed.length === 0) throw fail(unknownBudget);
  await publishBudgets(payer.id, version, { budgets: await storedBudgets(tx) }, moment.deadlineMs);
}

/**
 * Grants more for a while.
 * @throws Failure `ai.unknown_budget`
 */
export async function increaseBudget(
  tx: Transaction,
  increase: BudgetKey & { id: string; amountPico: bigint; reason: string; expiresAt: Date; by: Actor },
  payer: Payer,
  moment: Moment,
): Promise<void> {
  const version = await nextVersion(tx);
  const { kind, subject, window } = increase;
  const by = storedActor(increase.by.id);
  const granted = await tx.query(sql`
    insert into app.ai_budget_increases
      (tenant_id, id, scope, subject, period, amount_pico, reason, expires_at, granted_by_type, granted_by)
    select app.tenant_id(), ${increase.id}, scope, subject, period, ${String(increase.amountPico)}::numeric,
      ${increase.reason}, ${increase.expiresAt}, ${by.type}, ${by.uuid}::uuid
    from app.ai_budgets where scope = ${kind} and subject = ${subject} and period = ${window}
    returning id`);
  if (granted.length === 0) throw fail(unknownBudget);
  await publishBudgets(payer.id, version, { budgets: await storedBudgets(tx) }, moment.deadlineMs);
}

/**
 * Sets what a tenant's day may cost before it is told; null goes back to the plan's own.
 * @throws Failure `dependency.unavailable` when the table with the counters cannot be reached
 */
export async function setDailyAlert(
  tx: Transaction,
  thresholdPico: bigint | null,
  payer: Payer,
  moment: Moment,
): Promise<void> {
  const version = await nextVersion(tx);
  await tx.query(sql`
    update app.ai_tenants set daily_alert_pico = ${thresholdPico === null ? null : String(thresholdPico)}::numeric
    where tenant_id = app.tenant_id()`);
  await publishBudgets(payer.id, version, { budgets: await storedBudgets(tx) }, moment.deadlineMs);
}

/** A budget as it stands at a moment; `isDefault` is the plan's own. */
export type BudgetState = Standing & { policy: BudgetPolicy };

/** All budgets of a tenant, with what is spent and reserved in the windows under way. */
export async function budgetStates(tx: Transaction, payer: Payer, moment: Moment): Promise<BudgetState[]> {
  const standing = await standingOf(tx, payer, moment);
  return standing.flatMap(({ policy, ...rest }) => (policy === 'alert' ? [] : [{ ...rest, policy }]));
}

/** What a tenant's day may cost before it is told, and what it has cost. */
export async function dailyAlertState(tx: Transaction, payer: Payer, moment: Moment): Promise<Standing> {
  const alert = (await standingOf(tx, payer, moment)).find(({ policy }) => policy === 'alert');
  if (alert === undefined) throw new Error('every tenant has a daily alert');
  return alert;
}

/** Publishes what the database says, under the version it has; for an item that has none. */
export async function publishStored(tx: Transaction, tenantId: TenantId, deadlineMs: number): Promise<void> {
  const { version } = (await tx.maybeOne<{ version: string }>(
    sql`select budgets_version as version from app.ai_tenants`,
  )) ?? { version: '0' };
  await publishBudgets(tenantId, Number(version), { budgets: await storedBudgets(tx) }, deadlineMs);
}

/** The budgets of the tenant that the transaction is in, with the increases that are not over. */
export async function storedBudgets(tx: Transaction): Promise<Budget[]> {
  const rows = await tx.query<BudgetRow>(sql`
    select b.scope, b.subject, b.period, b.limit_pico, b.policy,
      coalesce((select json_agg(json_build_array(i.amount_pico::text, extract(epoch from i.expires_at) * 1000))
                from app.ai_budget_increases i
                where i.scope = b.scope and i.subject = b.subject and i.period = b.period
                  and i.expires_at > now()), '[]') as increases
    from app.ai_budgets b order by b.scope, b.subject, b.period`);
  // The login of system jobs sees every tenant's row, so the one that is meant is named.
  const alert = await tx.maybeOne<{ pico: string | null }>(
    sql`select daily_alert_pico as pico from app.ai_tenants where tenant_id = app.tenant_id()`,
  );
  const budgets = rows.map(({ scope, subject, period, limit_pico, policy, increases }) => ({
    ...{ kind: scope, subject, window: period, limitPico: BigInt(limit_pico), policy },
    increases: increases.map(([pico, untilMs]) => ({ pico: BigInt(pico), untilMs: Math.floor(untilMs) })),
  }));
  const pico = alert?.pico ?? null;
  return pico === null ? budgets : [...budgets, dailyAlertAt(BigInt(pico))];
}

type Standing = Budget & {
  limitNowPico: bigint;
  spentPico: bigint;
  reservedPico: bigint;
  isDefault: boolean;
};

async function standingOf(tx: Transaction, payer: Payer, moment: Moment): Promise<Standing[]> {
  const [stored, item] = [await storedBudgets(tx), await readItem(payer.id, moment.deadlineMs)];
  const [day, month] = windowsAt(payer, moment.now);
  return inForce(stored, payer.plan).map((budget) => {
    const [window, tag] = [budget.window === 'day' ? day : month, tagOf(budget)];
    const spentPico = item.amounts.get(spentName(window, tag)) ?? 0n;
    const committedPico = item.amounts.get(committedName(window, tag)) ?? 0n;
    return {
      ...{ ...budget, limitNowPico: limitAt(budget, moment.now), spentPico },
      ...{ reservedPico: committedPico - spentPico, isDefault: !stored.includes(budget) },
    };
  });
}

type BudgetRow = {
  scope: BudgetScopeKind;
  subject: string;
  period: BudgetWindow;
  limit_pico: string;
  policy: BudgetPolicy;
  increases: [string, number][];
};

/** Locks the tenant's budgets until the transaction ends. */
async function nextVersion(tx: Transaction): Promise<number> {
  const { version } = await tx.one<{ version: string }>(sql`
    insert into app.ai_tenants (tenant_id, budgets_version) values (app.tenant_id(), app.next_version(0))
    on conflict (tenant_id)
      do update set budgets_version = app.next_version(ai_tenants.budgets_version)
    returning budgets_version as version`);
  return Number(version);
}

/** What the days and months under way have cost the scope, for counters that do not exist yet. */
export async function seedsOf(
  tx: Transaction,
  scope: Omit<Budget, 'increases'>,
  payer: Payer,
  now: Date,
): Promise<Seed[]> {
  // The tenant's own counters have always been there.
  if (scope.kind === 'tenant') return [];
  const { day, month } = await tx.one<{ day: string; month: string }>(sql`
    select coalesce(sum(cost_pico), 0) as month,
      coalesce(sum(cost_pico) filter (where started_at at time zone ${payer.timeZone}
        >= date_trunc('day', ${now}::timestamptz at time zone ${payer.timeZone})), 0) as day
    from app.ai_calls
    where started_at >= date_trunc('month', ${now}::timestamptz at time zone ${payer.timeZone})
        at time zone ${payer.timeZone}
      and case ${scope.kind} when 'user' then user_id::text when 'api_key' then api_key_id::text
        else feature end = ${scope.subject}
      and status <> 'imported'`);
  const [dayName, monthName] = windowsAt(payer, now);
  const budget = { ...scope, increases: [] };
  return [
    { budget, windowName: dayName, spentPico: BigInt(day) },
    { budget, windowName: monthName, spentPico: BigInt(month) },
  ];
}
