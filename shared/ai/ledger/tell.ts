/** Tells a tenant that a budget is nearly spent. A row decides that it is told, and that it is told once. */
import type { Transaction } from '../../contract/context.ts';
import type { DueAlert } from '../budgets/alerts.ts';
import { aiEvents } from '../ai.events.ts';
import { eventRow } from '../../db/outbox.ts';
import { sql } from '../../db/sql.ts';
import { toDollars } from '../pricing/pico.ts';

/** Tells a tenant of alerts that it was not told of before, with the transaction; answers how many those were. */
export async function tellOnce(tx: Transaction, due: readonly DueAlert[]): Promise<number> {
  let told = 0;
  for (const { kind, subject, window, windowName, percent, spentPico, limitPico } of due) {
    const written = await tx.query(sql`
      insert into app.ai_budget_alerts (tenant_id, scope, subject, period, period_name, percent)
      values (app.tenant_id(), ${kind}, ${subject}, ${window}, ${windowName}, ${percent})
      on conflict do nothing returning percent`);
    if (written.length === 0) continue;
    told += 1;
    const data = {
      ...{ scope: kind, subject, window, period: windowName, percent },
      ...{ spent: toDollars(spentPico), limit: toDollars(limitPico) },
    };
    await tx.query(eventRow(aiEvents.budgetThresholdReached, data, undefined));
  }
  return told;
}
