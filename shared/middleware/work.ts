/**
 * The chain of a module's workflow steps: one function serves all steps of a module's workflows, called by its state
 * machines. What a step throws becomes an error that the machine knows: an expected failure ends the workflow with its
 * code, everything else is tried again.
 */
import type { Context } from 'aws-lambda';
import { v7 } from 'uuid';
import * as z from 'zod';
import { securityEventRow } from '../audit/security-events.ts';
import { isEnabled } from '../capabilities/capabilities.ts';
import { situationIn } from '../capabilities/situation.ts';
import { settings } from '../config/environment.ts';
import type { AuditDetail, Statement } from '../contract/context.ts';
import { fail, Failure, problems } from '../contract/errors.ts';
import { isId, type TenantId, uuidOf } from '../contract/ids.ts';
import type { Contract, Events, Jobs, Module, Workflows } from '../contract/module.ts';
import type {
  Again,
  StepContext,
  StepFailure,
  StepType,
  WorkflowSteps,
  WorkflowType,
} from '../contract/workflow.ts';
import { bulkTransaction } from '../db/bulk.ts';
import { eventRow, jobRow, workflowRow } from '../db/outbox.ts';
import { pool } from '../db/pool.ts';
import { sql } from '../db/sql.ts';
import { type Entry, type OpenTransaction, transact } from '../db/transaction.ts';
import { logFor } from './telemetry.ts';
import { trackError } from './track-error.ts';
import { wakeDispatcher } from './wake-dispatcher.ts';

/** What a state machine calls a step with. */
const callSchema = z.object({
  workflow: z.string(),
  step: z.string(),
  tenantId: z
    .string()
    .refine((text): text is TenantId => isId('tenant', text))
    .nullable(),
  input: z.unknown(),
  trace: z.string().nullable(),
  executionId: z.string(),
  /** For the step `failed` only: the error that the machine caught. */
  error: z.string().optional(),
});

export type StepCall = z.input<typeof callSchema>;

/** What the machine goes on with: whether to call again, or whether a failure was one that nobody is woken for. */
export type StepAnswer = Again | { expected: boolean } | null;

type AnyStep = (ctx: StepContext, input: never, failure?: StepFailure) => Promise<Again | void>;
type Found = { type: WorkflowType; steps: Readonly<Record<string, AnyStep>> };

/** The Lambda handler of a module's workflows. */
export function work<C extends Contract, J extends Jobs, E extends Events, W extends Workflows>(
  module: Module<C, J, E, W>,
  steps: WorkflowSteps<W>,
): (event: StepCall, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<StepAnswer> {
  const workflows: Workflows = module.workflows;
  const byName = new Map<string, Found>(
    Object.entries(workflows).map(([key, type]) => [
      type.name,
      { type, steps: steps[key] as unknown as Found['steps'] },
    ]),
  );
  return async (event, context) => {
    const call = callSchema.parse(event);
    const { workflow, step, executionId } = call;
    const tenantId = call.tenantId ?? undefined;
    const log = logFor({ workflow, step, executionId, tenantId });
    const found = byName.get(workflow);
    const declared: StepType | undefined = step === 'failed' ? found?.type.failed : found?.type.steps[step];
    if (found === undefined || declared === undefined) throw new StepError(crashed);
    const ctx = contextOf(call, log, {
      deadlineMs: Date.now() + Math.min(declared.timeoutSeconds * 1000, context.getRemainingTimeInMillis()),
    });
    try {
      return await run(found, declared, ctx, call);
    } catch (error) {
      if (!(error instanceof Failure)) {
        await trackError(error, { operation: `${workflow}.${step}`, requestId: executionId, tenantId });
      }
      throw named(error, ctx);
    } finally {
      if (ctx.published()) await wakeDispatcher(log);
    }
  };
}

/** A step that failed although nothing was wrong with what it was asked: tried again, and in the end an alarm. */
const crashed = 'workflow.crashed';

/** An error as the state machine matches it, by its name. */
class StepError extends Error {
  constructor(code: string, cause?: unknown) {
    super(code, { cause });
    this.name = code;
  }
}

async function run(
  { type, steps }: Found,
  declared: StepType,
  ctx: StepContext,
  { step, input, error }: z.output<typeof callSchema>,
): Promise<StepAnswer> {
  const does = steps[step];
  if (does === undefined) throw new Error(`no step ${step} of ${type.name}`);
  const parsed = type.input.parse(input) as never;
  if (step === 'failed') {
    const code = codeOf(error);
    await does(ctx, parsed, { code });
    return { expected: code !== crashed && code !== problems.unavailable.code };
  }
  if (declared.anyway !== true) await assertOn(type, ctx);
  return (await does(ctx, parsed)) ?? null;
}

/** A kill switch stops what runs as well (CAP-3). */
async function assertOn({ capability }: WorkflowType, ctx: StepContext): Promise<void> {
  if (capability === undefined) return;
  const { on, rule } = isEnabled(capability, await ctx.transact(situationIn));
  if (!on) throw fail(rule.endsWith('_switch') ? problems.switchedOff : problems.capabilityOff);
}

/** What ran out of time, or died, has no code of its own. */
function codeOf(error: string | undefined): string {
  return error !== undefined && /^[a-z][a-z_]*(\.[a-z_]+)+$/.test(error) ? error : crashed;
}

function named(error: unknown, { log }: StepContext): StepError {
  if (error instanceof Failure) {
    const { code } = error.problem;
    log.warn('step failed', { code, policy: error.detail.policy });
    return new StepError(code, error);
  }
  log.error('step crashed', {
    errorName: error instanceof Error ? error.name : typeof error,
    errorStack: error instanceof Error ? error.stack?.split('\n').slice(1, 8) : undefined,
  });
  return new StepError(crashed, error);
}

function contextOf(
  call: z.output<typeof callSchema>,
  log: StepContext['log'],
  { deadlineMs }: { deadlineMs: number },
): StepContext & { published(): boolean } {
  const { executionId, workflow, step } = call;
  const tenantId = call.tenantId ?? undefined;
  const entry: Entry = {
    tenantId: tenantId === undefined ? null : uuidOf(tenantId),
    userId: null,
    // The execution's own name, as audit rows and cursors of logs are read by people.
    requestId: executionId.split(':').at(-1) ?? executionId,
  };
  const trace = call.trace ?? undefined;
  let published = false;
  const recording = (tx: OpenTransaction) => {
    const { query, one, maybeOne } = tx;
    const publish = (statement: Statement): void => {
      tx.record(statement);
      published = true;
    };
    return {
      ...{ query, one, maybeOne },
      audit: (action: string, detail: AuditDetail) => tx.record(auditRow(action, detail, entry.requestId)),
      securityEvent: (type, event) =>
        tx.record(securityEventRow({ type, ...event }, { ...entry, source: { ip: '', userAgent: '' } })),
      emit: (type, data) => publish(eventRow(type, data, trace)),
      enqueue: (type, payload) => publish(jobRow(type, payload, trace)),
      start: (type, input) => publish(workflowRow(type, input, trace)),
    } satisfies Parameters<Parameters<StepContext['transact']>[0]>[0];
  };
  return {
    ...{ executionId, workflow, step, tenantId, log, deadlineMs },
    now: () => new Date(),
    transact: (does) => transact(pool(), entry, (tx) => does(recording(tx))),
    bulk: (options, does) => bulkTransaction(settings.database(), { ...entry, deadlineMs }, options, does),
    published: () => published,
  };
}

/** The system acted; for whom stands in the row's target and in what it was asked. */
function auditRow(
  action: string,
  { target, reason, before, after }: AuditDetail,
  requestId: string,
): Statement {
  return sql`
    insert into app.audit_events (tenant_id, id, plane, actor_id, action, target_type, target_id,
                                  request_id, reason, before, after)
    values (app.tenant_id(), ${v7()}, 'system', null, ${action}, ${target?.type ?? null}, ${target?.id ?? null},
            ${requestId}, ${reason ?? null}, ${before ?? null}, ${after ?? null})`;
}
