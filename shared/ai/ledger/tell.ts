/**
 * Tells a tenant what AI has cost: that a budget is nearly spent, or that its day has cost as much as it wants to be
 * told of. A row decides that it is told, and that it is told once, whoever finds it and however often.
 */
import type { Transaction } from '../../contract/context.ts';
import { formatId } from '../../contract/ids.ts';
import type { DueAlert } from '../budgets/alerts.ts';
import { aiEvents, aiJobs } from '../ai.events.ts';
import { eventRow, jobRow } from '../../db/outbox.ts';
import { sql } from '../../db/sql.ts';
import { toDollars } from '../pricing/pico.ts';

/** Tells a tenant of alerts that it was not told of before, with the transaction; answers how many those were. */
export async function tellOnce(tx: Transaction, due: readonly DueAlert[]): Promise<number> {
  const told: DueAlert[] = [];
  for (const alert of due) {
    const { kind, subject, window, windowName, percent } = alert;
    const written = await tx.query(sql`
      insert into app.ai_budget_alerts (tenant_id, scope, subject, period, period_name, percent)
      values (app.tenant_id(), ${kind}, ${subject}, ${window}, ${windowName}, ${percent})
      on conflict do nothing returning percent`);
    if (written.length > 0) told.push(alert);
  }
  for (const alert of told) await tx.query(eventOf(alert));
  await mailOwners(tx, told.filter(isForOwners(told)));
  return told.length;
}

function eventOf({ policy, kind, subject, window, windowName, percent, spentPico, limitPico }: DueAlert) {
  const spent = toDollars(spentPico);
  const limit = toDollars(limitPico);
  if (policy === 'alert') {
    return eventRow(aiEvents.dailyCostReached, { period: windowName, spent, threshold: limit }, undefined);
  }
  const data = { scope: kind, subject, window, period: windowName, percent, spent, limit };
  return eventRow(aiEvents.budgetThresholdReached, data, undefined);
}

/** Of budgets of people, features and keys owners read in the console; where two shares were passed, one mail says it. */
function isForOwners(told: readonly DueAlert[]): (alert: DueAlert) => boolean {
  return ({ policy, kind, window, percent }) =>
    kind === 'tenant' &&
    !told.some(
      (more) =>
        more.kind === 'tenant' && more.policy === policy && more.window === window && more.percent > percent,
    );
}

async function mailOwners(tx: Transaction, alerts: readonly DueAlert[]): Promise<void> {
  if (alerts.length === 0) return;
  // The login of system jobs may read owners of the tenant that it has entered, and says so.
  const owners = await tx.query<{ user_id: string }>(sql`
    select user_id from app.memberships where tenant_id = app.tenant_id() and role = 'owner' order by user_id`);
  for (const { user_id } of owners) {
    for (const { policy, window, percent, spentPico, limitPico } of alerts) {
      const payload = {
        ...{ userId: formatId('user', user_id), window, percent: policy === 'alert' ? null : percent },
        ...{ spent: toDollars(spentPico), limit: toDollars(limitPico) },
      };
      await tx.query(jobRow(aiJobs.mailOwner, payload, undefined));
    }
  }
}
