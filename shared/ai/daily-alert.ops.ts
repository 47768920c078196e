/** The alert of what a day of AI costs, as its tenant sees and sets it. */
import type { TenantContext } from '../contract/context.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { dailyAlertState, setDailyAlert } from './budgets/manage.ts';
import { windowsAt } from './budgets/reserve.ts';
import type { DailyAlert, dailyAlertContract } from './daily-alert.contract.ts';
import { toDollars, toPico } from './pricing/pico.ts';

export const dailyAlertOps: Ops<typeof dailyAlertContract> = {
  dailyAlert: (ctx) => read(ctx),

  setDailyAlert: async (ctx, { threshold }) => {
    const pico = threshold === null ? null : toPico(threshold);
    await setDailyAlert(ctx.tx, pico, ctx.tenant, momentOf(ctx));
    ctx.audit({ target: { type: 'ai_daily_alert', id: ctx.tenant.id }, after: { threshold } });
    return read(ctx);
  },
};

/** How long the table with the counters is waited for, inside the transaction. */
const tableMs = 1_500;

function momentOf(ctx: TenantContext) {
  return { now: ctx.now(), deadlineMs: Date.now() + tableMs };
}

async function read(ctx: TenantContext): Promise<DailyAlert> {
  const alert = await dailyAlertState(ctx.tx, ctx.tenant, momentOf(ctx));
  const [today] = windowsAt(ctx.tenant, ctx.now());
  const told = await ctx.tx.query(sql`
    select true from app.ai_budget_alerts
    where scope = 'tenant' and subject = '' and period = 'day' and period_name = ${today} and percent = 100`);
  return {
    ...{ threshold: toDollars(alert.limitPico), isDefault: alert.isDefault },
    ...{ spentToday: toDollars(alert.spentPico), toldToday: told.length > 0 },
  };
}
