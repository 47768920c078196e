/** What AI costs a tenant and may cost it: the ledger and the budgets, as their owners see and change them. */
import { v7 } from 'uuid';
import type { TenantContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { formatId, isId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import { tenantScope } from './budgets/budget.ts';
import {
  type BudgetKey,
  budgetStates,
  type BudgetState,
  increaseBudget,
  removeBudget,
  setBudget,
} from './budgets/manage.ts';
import type { Moment, Payer } from './budgets/reserve.ts';
import { exportCalls } from './ledger/export.ts';
import { importRunLog } from './ledger/import.ts';
import { costReport } from './ledger/report.ts';
import { unknownBudget } from './money.contract.ts';
import { toDollars, toPico } from './pricing/pico.ts';
import {
  type BudgetView,
  longestRangeDays,
  type spendingContract,
  wrongSubject,
} from './spending.contract.ts';
import { type CallRow, toCall } from './spending.rows.ts';

export const spendingOps: Ops<typeof spendingContract> = {
  budgets: async (ctx) => readBudgets(ctx, payerOf(ctx)),

  setBudget: async (ctx, input) => {
    await assertOurs(ctx, input);
    const key = keyOf(input);
    if (key === undefined) throw fail(wrongSubject);
    const payer = payerOf(ctx);
    const { limit, policy } = input;
    await setBudget(ctx.tx, { ...key, limitPico: toPico(limit), policy }, payer, momentOf(ctx));
    note(ctx, input, { limit, policy });
    return readBudgets(ctx, payer);
  },

  removeBudget: async (ctx, input) => {
    const [key, payer] = [keyOf(input), payerOf(ctx)];
    if (key === undefined) throw fail(unknownBudget);
    await removeBudget(ctx.tx, key, payer, momentOf(ctx));
    note(ctx, input, {});
    return readBudgets(ctx, payer);
  },

  increaseBudget: async (ctx, input) => {
    const [key, payer] = [keyOf(input), payerOf(ctx)];
    if (key === undefined) throw fail(unknownBudget);
    const { amount, reason } = input;
    const expiresAt = new Date(input.expiresAt);
    if (expiresAt <= ctx.now() || expiresAt.getTime() > ctx.now().getTime() + longestRangeDays * dayMs) {
      throw outOfRange('body.expiresAt', `must be within the next ${longestRangeDays} days`);
    }
    const granted = { id: v7(), amountPico: toPico(amount), reason, expiresAt, by: ctx.actor };
    await increaseBudget(ctx.tx, { ...key, ...granted }, payer, momentOf(ctx));
    note(ctx, input, { amount, expiresAt: input.expiresAt }, reason);
    return readBudgets(ctx, payer);
  },

  calls: async (ctx, { limit, cursor }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<CallRow>(sql`
      select id, app.exact_time(started_at) as exact_at, started_at, status, user_id, api_key_id, feature, provider,
        model, rule, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_pico, latency_ms,
        over_budget
      from app.ai_calls
      where ${at}::timestamptz is null or (started_at, id) < (${at}::timestamptz, ${id}::uuid)
      order by started_at desc, id desc
      limit ${limit + 1}`);
    return toPage(
      rows,
      limit,
      (row) => [row.exact_at, row.id],
      (row) => ({
        ...toCall(row),
        cost: toDollars(BigInt(row.cost_pico)),
      }),
    );
  },

  exportCalls: async (ctx, input) => {
    const [from, until] = [new Date(input.from), new Date(input.until)];
    assertRange(from, until, 'query.until');
    return exportCalls(ctx.tx, { from, until, cursor: input.cursor });
  },

  importCalls: async (ctx, { csv, dryRun }) => {
    const { totalPico, ...outcome } = await importRunLog(ctx.tx, csv, { dryRun });
    ctx.audit({
      target: { type: 'ai_ledger', id: ctx.tenant.id },
      after: { dryRun, entries: outcome.entries },
    });
    return { ...outcome, total: toDollars(totalPico) };
  },

  costs: async (ctx, { by, period, from, to }) => {
    assertRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`), 'query.to');
    const { timeZone } = ctx.tenant;
    const lines = await costReport(ctx.tx, { by, period, from, to, timeZone });
    return {
      lines: lines.map(({ key, costPico, inputTokens, outputTokens, cacheTokens, ...line }) => ({
        ...line,
        key: subjectOf(by, key) ?? '',
        inputTokens: String(inputTokens),
        outputTokens: String(outputTokens),
        cacheTokens: String(cacheTokens),
        cost: toDollars(costPico),
      })),
    };
  },
};

type Named = { scope: BudgetView['scope']; subject?: BudgetView['subject']; window: BudgetView['window'] };

/** How long the table with the counters is waited for, inside the transaction. */
const tableMs = 1_500;

const dayMs = 86_400_000;

function momentOf(ctx: TenantContext): Moment {
  return { now: ctx.now(), deadlineMs: Date.now() + tableMs };
}

function payerOf({ tenant: { id, plan, timeZone } }: TenantContext): Payer {
  return { id, plan, timeZone };
}

async function readBudgets(ctx: TenantContext, payer: Payer): Promise<{ items: BudgetView[] }> {
  const states = await budgetStates(ctx.tx, payer, momentOf(ctx));
  return { items: states.map(toView) };
}

function toView(state: BudgetState): BudgetView {
  const { kind: scope, window, policy, isDefault } = state;
  const subject = subjectOf(scope, state.subject) as BudgetView['subject'];
  return {
    ...{ scope, window, policy, isDefault },
    ...(subject === undefined ? {} : { subject }),
    limit: toDollars(state.limitPico),
    limitNow: toDollars(state.limitNowPico),
    spent: toDollars(state.spentPico),
    reserved: toDollars(state.reservedPico),
  };
}

/** A bare id as callers know it; other names as they are. */
function subjectOf(kind: string, subject: string): string | undefined {
  if (subject === '') return undefined;
  if (kind === 'user') return formatId('user', subject);
  return kind === 'api_key' ? formatId('apiKey', subject) : subject;
}

/**
 * A budget is for somebody who is here: of people and keys of others nobody learns anything.
 * @throws Failure `resource.not_found`
 */
async function assertOurs({ tx }: TenantContext, { subject }: Named): Promise<void> {
  if (subject === undefined) return;
  const isUser = isId('user', subject);
  if (!isUser && !isId('apiKey', subject)) return;
  const id = uuidOf(subject);
  const found = await tx.query(
    isUser
      ? sql`select true from app.memberships where user_id = ${id}`
      : sql`select true from app.api_keys where id = ${id}`,
  );
  if (found.length === 0) throw fail(problems.notFound);
}

/** The budget that is named; undefined where the subject does not fit the scope. */
function keyOf({ scope, subject, window }: Named): BudgetKey | undefined {
  if (scope === 'tenant' && subject === undefined) return { ...tenantScope, window };
  const fits =
    subject !== undefined &&
    {
      tenant: false,
      user: isId('user', subject),
      api_key: isId('apiKey', subject),
      feature: !isId('user', subject) && !isId('apiKey', subject),
    }[scope];
  if (!fits) return undefined;
  const bare = isId('user', subject) || isId('apiKey', subject) ? uuidOf(subject) : subject;
  return { kind: scope, subject: bare, window };
}

function note(ctx: TenantContext, { scope, subject, window }: Named, after: object, reason?: string): void {
  const id = [scope, subject, window].filter((part) => part !== undefined).join(' ');
  ctx.audit({
    target: { type: 'ai_budget', id },
    after: { ...after },
    ...(reason === undefined ? {} : { reason }),
  });
}

function assertRange(from: Date, until: Date, path: string): void {
  const days = (until.getTime() - from.getTime()) / dayMs;
  if (days < 0) throw outOfRange(path, 'is before the beginning');
  if (days > longestRangeDays)
    throw outOfRange(path, `is more than ${longestRangeDays} days after the beginning`);
}

function outOfRange(path: string, message: string) {
  return fail(problems.invalidInput, { errors: [{ path, message }] });
}
