/** What is done for every tenant of the region: one after the other, each in a transaction of its own. */
import { v7 } from 'uuid';
import type { Transaction } from '../contract/context.ts';
import { formatId, type Id, type TenantId, uuidOf } from '../contract/ids.ts';
import type { StepContext } from '../contract/workflow.ts';
import { jobRow } from '../db/outbox.ts';
import { pool } from '../db/pool.ts';
import { sql } from '../db/sql.ts';
import { type OpenTransaction, transact } from '../db/transaction.ts';
import { failoverJobs } from './failover.events.ts';
import type { Figures } from './figures.ts';
import type { FailoverRecord } from './record.ts';

const atOnce = 500;

/**
 * Does something in every active tenant.
 * @param told a failover that remembers who was told: whoever was is left out, and each is told once
 */
export async function eachTenant(
  ctx: StepContext,
  told: Id<'failover'> | undefined,
  work: (tx: OpenTransaction, tenantId: TenantId, deadlineMs: number) => Promise<void>,
): Promise<void> {
  let after = told === undefined ? null : await toldUntil(ctx, told);
  for (;;) {
    const from = after;
    const found = await ctx.transact((tx) =>
      tx.query<{ tenant_id: string }>(sql`select tenant_id from app.tenants_after(${from}::uuid, ${atOnce})`),
    );
    for (const { tenant_id: tenantId } of found) {
      const requestId = ctx.executionId.split(':').at(-1) ?? ctx.executionId;
      await transact(pool(), { tenantId, userId: null, requestId }, async (tx) => {
        if (told !== undefined && !(await claim(tx, told, tenantId))) return;
        await work(tx, formatId('tenant', tenantId), ctx.deadlineMs);
      });
      after = tenantId;
    }
    if (found.length < atOnce) return;
  }
}

/** Leaves a row in the tenant's own trail, and a mail to its owners. */
export async function tellTenant(
  tx: OpenTransaction,
  tenantId: TenantId,
  { id, fromRegion, toRegion, reason, lostSince }: FailoverRecord,
  { rtoMs, rpoMs }: Figures,
): Promise<void> {
  const after = { fromRegion, toRegion, lostSince, rtoMs, rpoMs };
  tx.record(sql`
    insert into app.audit_events (tenant_id, id, plane, actor_id, action, target_type, target_id, request_id, reason,
                                  after)
    values (app.tenant_id(), ${v7()}, 'system', null, 'failover.completed', 'tenant', ${tenantId}, ${id}, ${reason},
            ${JSON.stringify(after)})`);
  const told = { failoverId: id, fromRegion, toRegion, lostSince, rpoMs };
  tx.record(jobRow(failoverJobs.tellOwners, told, undefined));
}

async function toldUntil(ctx: StepContext, failover: Id<'failover'>): Promise<string | null> {
  const { until } = await ctx.transact((tx) =>
    tx.one<{ until: string | null }>(
      sql`select told_until as until from app.failovers where id = ${uuidOf(failover)}`,
    ),
  );
  return until;
}

/** False when somebody else told this tenant, or a later one, meanwhile. */
async function claim(tx: Transaction, failover: Id<'failover'>, tenantId: string): Promise<boolean> {
  const claimed = await tx.query(sql`
    update app.failovers set told_until = ${tenantId}
    where id = ${uuidOf(failover)} and (told_until is null or told_until < ${tenantId}::uuid) returning id`);
  return claimed.length > 0;
}
