/**
 * The steps of the machine that lets the standby region go on. Before `open` there is no database to write to: what was
 * done stands in the record. Each step begins by looking what is done already.
 */
import { settings } from '../config/environment.ts';
import { isOfResidency } from '../config/regions.ts';
import { fail } from '../contract/errors.ts';
import type { Again, StepContext, WorkflowSteps } from '../contract/workflow.ts';
import { answersHealthy } from './answers.ts';
import { otherCell, outsideResidency } from './failover.problems.ts';
import { notAnswering, stillHealthy, writesAlready } from './failover.problems.ts';
import { figuresOf } from './figures.ts';
import { describeGlobal, promote } from './global-database.ts';
import type { FailoverOrder, failoverWorkflows } from './machine.events.ts';
import { followed, isOpen, recordIn } from './promoted-database.ts';
import {
  beginRecord,
  type FailoverRecord,
  isUnderWay,
  progress,
  type Progress,
  readRecord,
} from './record.ts';
import { eachTenant, tellTenant } from './tenants.ts';

/** What the machine needs from the modules above it. */
export type FailoverParts = {
  countMetric(name: 'FailoversStarted' | 'FailoversFailed'): void;
  gaugeMetric(name: 'FailoverRtoSeconds' | 'FailoverRpoSeconds', value: number): void;
  /** Puts a tenant's budgets to where reservations read them, with what its day and its month have cost. */
  publishBudgets: Parameters<typeof eachTenant>[2];
};

/** Seconds between two looks at what Aurora, or somebody's name server, is still doing. */
const patience = { afterSeconds: 3 };

export function failoverSteps(parts: FailoverParts): WorkflowSteps<typeof failoverWorkflows> {
  return {
    run: {
      check: async (ctx, order) => {
        const { region } = assertOurs(order);
        const { members, changing } = await describeGlobal();
        const stranger = members.find((one) => !isOfResidency(order.residency, one.region));
        if (stranger !== undefined) throw fail(outsideResidency, { detail: stranger.region });
        const known = await readRecord(ctx.now(), ctx.deadlineMs);
        const writer = members.find(({ writes }) => writes);
        if (writer?.region !== region && !changing) await assertWanted(order);
        else if (!isUnderWay(known, ctx.now())) throw fail(writesAlready);
        const { residency, mode, reason, decidedBy, since } = order;
        const record = await beginRecord(
          {
            ...{ residency, mode, reason, decidedBy, since, execution: ctx.executionId },
            ...{ fromRegion: writer?.region ?? 'unknown', toRegion: region },
          },
          ctx.now(),
          ctx.deadlineMs,
        );
        parts.countMetric('FailoversStarted');
        ctx.log.warn('failover begun', { failoverId: record.id, mode, toRegion: region });
      },

      promote: async (ctx, order) => {
        const { members, changing } = await describeGlobal();
        const { clusterArn } = settings.failover();
        if (changing) return { done: false, ...patience };
        if (members.some(({ arn, writes }) => arn === clusterArn && writes)) {
          await note(ctx, { promotedAt: ctx.now().toISOString() });
          return { done: true };
        }
        await promote(order.mode);
        return { done: false, ...patience };
      },

      open: async (ctx): Promise<Again> => {
        // The cluster's own address leads to the new writer a little later than Aurora says that there is one.
        if (!(await isOpen(ctx))) return { done: false, ...patience };
        const followedUntil = await followed(ctx);
        const record = await note(ctx, {
          ...(followedUntil === undefined ? {} : { followedUntil: followedUntil.toISOString() }),
        });
        await recordIn(ctx, record, figuresOf(record, ctx.now()));
        if (!(await answersHealthy(settings.failover().apiUrl))) return { done: false, ...patience };
        await note(ctx, { openedAt: ctx.now().toISOString() });
        return { done: true };
      },

      budgets: async (ctx) => eachTenant(ctx, undefined, parts.publishBudgets),

      redirect: async (ctx): Promise<Again> => {
        // Where the API has a name, it follows the region whose health check says that its database writes.
        const { publicUrl } = settings.failover();
        if (publicUrl !== undefined && !(await answersHealthy(publicUrl)))
          return { done: false, afterSeconds: 10 };
        await note(ctx, { redirectedAt: ctx.now().toISOString() });
        return { done: true };
      },

      conclude: async (ctx) => {
        const record = await note(ctx, { finishedAt: ctx.now().toISOString() });
        const figures = figuresOf(record, ctx.now());
        await recordIn(ctx, record, figures, { finished: true });
        ctx.log.warn('failover concluded', { failoverId: record.id, ...figures });
        parts.gaugeMetric('FailoverRtoSeconds', figures.rtoMs / 1000);
        if (figures.rpoMs !== null) parts.gaugeMetric('FailoverRpoSeconds', figures.rpoMs / 1000);
      },

      // Last: whoever is told finds the API where it was announced.
      notify: async (ctx) => {
        const record = await recordOf(ctx);
        const figures = figuresOf(record, ctx.now());
        await eachTenant(ctx, record.id, (tx, tenantId) => tellTenant(tx, tenantId, record, figures));
        await note(ctx, { status: 'done' });
      },

      failed: async (ctx, order, { code }) => {
        parts.countMetric('FailoversFailed');
        const record = await readRecord(ctx.now(), ctx.deadlineMs);
        // What was refused before it began leaves an earlier one as it is.
        if (record === undefined || !record.executions.includes(ctx.executionId)) {
          ctx.log.warn('failover refused', { code, residency: order.residency, decidedBy: order.decidedBy });
          return;
        }
        await note(ctx, { status: 'failed', error: code });
      },
    },
  };
}

/** This machine, its cell and its region belong to the residency that was named. */
function assertOurs(order: FailoverOrder): { region: string } {
  const { residency, cell } = settings.failover();
  const region = settings.region();
  if (!isOfResidency(order.residency, region)) throw fail(outsideResidency, { detail: region });
  if (order.residency !== residency || order.confirm !== cell) throw fail(otherCell);
  return { region };
}

async function assertWanted({ mode, evenIfHealthy }: FailoverOrder): Promise<void> {
  const { primaryUrl } = settings.failover();
  // Where nobody said how the region is asked, somebody has to say that it is gone.
  const healthy = primaryUrl === undefined ? undefined : await answersHealthy(primaryUrl);
  if (mode === 'planned' && healthy === false) throw fail(notAnswering);
  if (mode === 'forced' && healthy !== false && !evenIfHealthy) throw fail(stillHealthy);
}

function note(ctx: StepContext, added: Progress): Promise<FailoverRecord> {
  return progress(added, ctx.now(), ctx.deadlineMs);
}

async function recordOf(ctx: StepContext): Promise<FailoverRecord> {
  const record = await readRecord(ctx.now(), ctx.deadlineMs);
  if (record === undefined) throw new Error('no failover was begun');
  return record;
}
