/** The books of one tenant after a round: what the ledger, the item of budgets and the outbox say. */
import { tagOf, tenantScope } from '#shared/ai/budgets/budget.ts';
import { committedName, expiryOf, spentName } from '#shared/ai/budgets/hold.ts';
import { readItem } from '#shared/ai/budgets/item.ts';
import { setBudget } from '#shared/ai/budgets/manage.ts';
import { type Payer, windowsAt } from '#shared/ai/budgets/reserve.ts';
import { formatId } from '#shared/contract/ids.ts';
import { transact } from '#shared/db/transaction.ts';
import type { Chain } from '#test/support/chain.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';

export type Row = { requestId: string; status: string; costPico: bigint };

export type Books = {
  rows: Row[];
  committedPico: bigint;
  spentPico: bigint;
  openHolds: number;
  /** Shares of the budget that were told of, in the order in which they were. */
  alerts: number[];
};

/** A new tenant with a monthly budget of its own. */
export async function tenantWith({ database }: Chain, limitPico: bigint): Promise<string> {
  const { tenantId, entry } = await foundTenant(database.admin);
  const payer = payerOf(tenantId);
  const moment = { now: new Date(), deadlineMs: Date.now() + 5_000 };
  const budget = { ...tenantScope, window: 'month', limitPico, policy: 'block' } as const;
  await transact(database.pool('app_tenant'), entry, (tx) => setBudget(tx, budget, payer, moment));
  return tenantId;
}

export async function booksOf({ database }: Chain, tenantId: string): Promise<Books> {
  const { rows } = await database.admin.query<{ request_id: string; status: string; cost_pico: string }>(
    'select request_id, status, cost_pico from app.ai_calls where tenant_id = $1',
    [tenantId],
  );
  const { rows: alerts } = await database.admin.query<{ percent: number }>(
    `select (payload->>'percent')::integer as percent from app.outbox
     where tenant_id = $1 and type = 'aiBudgetThresholdReached' order by percent`,
    [tenantId],
  );
  const payer = payerOf(tenantId);
  const { amounts, texts } = await readItem(payer.id, Date.now() + 5_000);
  const [, month] = windowsAt(payer, new Date());
  const tag = tagOf(tenantScope);
  return {
    rows: rows.map(({ request_id: requestId, status, cost_pico }) => ({
      ...{ requestId, status, costPico: BigInt(cost_pico) },
    })),
    committedPico: amounts.get(committedName(month, tag)) ?? 0n,
    spentPico: amounts.get(spentName(month, tag)) ?? 0n,
    openHolds: [...texts.keys()].filter((name) => expiryOf(name) !== undefined).length,
    alerts: alerts.map(({ percent }) => percent),
  };
}

function payerOf(tenantId: string): Payer {
  return { id: formatId('tenant', tenantId), plan: 'basic', timeZone: 'UTC' };
}
