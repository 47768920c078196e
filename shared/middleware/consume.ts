/**
 * The chain of a module's queue worker: each message is handled in its own transaction, inside the tenant
 * that queued it. A message that fails stays in the queue, and after its retries becomes a dead letter.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { isEnabled } from '../capabilities/capabilities.ts';
import { situationIn } from '../capabilities/situation.ts';
import type { JobContext, Statement } from '../contract/context.ts';
import { uuidOf } from '../contract/ids.ts';
import type { JobType } from '../contract/job.ts';
import type { Contract, Jobs, Module, Workers } from '../contract/module.ts';
import { eventRow, jobRow, workflowRow } from '../db/outbox.ts';
import { pool } from '../db/pool.ts';
import { transact } from '../db/transaction.ts';
import { envelopeSchema, type Sent } from './envelope.ts';
import { logFor, measureJob } from './telemetry.ts';
import { trackError } from './track-error.ts';
import { wakeDispatcher } from './wake-dispatcher.ts';

type AnyWorker = (ctx: JobContext, payload: never) => Promise<void>;

/** The Lambda handler of a module's queue. */
export function consume<C extends Contract, J extends Jobs>(
  module: Module<C, J>,
  workers: Workers<J>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const declared = Object.entries(module.jobs).map(
    ([name, job]) => [job.name, { job, work: workers[name] as AnyWorker }] as const,
  );
  const byName = new Map(declared);
  const handle = async (record: SQSRecord): Promise<{ published: boolean }> => {
    const envelope = envelopeSchema.parse(JSON.parse(record.body));
    const found = byName.get(envelope.type as `${string}.${string}`);
    if (found === undefined) throw new Error(`no worker for ${envelope.type}`);
    const payload = found.job.payload.parse(envelope.payload);
    return runInTransaction(envelope, async (ctx) => {
      await assertOn(found.job, ctx);
      await found.work(ctx, payload as never);
    });
  };
  return async (event) => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    let published = false;
    // One after the other: an instance has one connection.
    for (const record of event.Records) {
      const done = await attempt(record, handle);
      if (done === undefined) batchItemFailures.push({ itemIdentifier: record.messageId });
      else published ||= done.published;
    }
    if (published) await wakeDispatcher(logFor({ module: module.name }));
    return { batchItemFailures };
  };
}

/** A kill switch stops what was queued before it as well (CAP-3): the job fails, and is done when it is back on. */
async function assertOn({ name, capability }: JobType, { tx }: JobContext): Promise<void> {
  if (capability === undefined) return;
  const { on, reason } = isEnabled(capability, await situationIn(tx));
  if (!on) throw new Error(`${name} waits: the capability ${capability} ${reason}`);
}

/** What the work came to; undefined when it failed. */
async function attempt<Done>(
  record: SQSRecord,
  handle: (record: SQSRecord) => Promise<Done>,
): Promise<Done | undefined> {
  const startedMs = Date.now();
  const about = aboutOf(record);
  try {
    const done = await handle(record);
    measureJob('done', Date.now() - startedMs, about);
    return done;
  } catch (error) {
    logFor({ sqsMessageId: record.messageId, ...about }).error('job failed', {
      errorName: error instanceof Error ? error.name : typeof error,
      errorStack: error instanceof Error ? error.stack?.split('\n').slice(1, 8) : undefined,
      receiveCount: record.attributes.ApproximateReceiveCount,
    });
    measureJob('failed', Date.now() - startedMs, about);
    // Its repetitions say nothing new.
    if (record.attributes.ApproximateReceiveCount === '1') {
      await trackError(error, {
        operation: about.job,
        requestId: record.messageId,
        tenantId: about.tenantId,
      });
    }
    return undefined;
  }
}

/** Which job a message is and whose; nothing where that cannot be told. */
function aboutOf({ body }: SQSRecord): { job?: string; tenantId?: string | null } {
  try {
    const { type: job, tenantId } = envelopeSchema.parse(JSON.parse(body));
    return { job, tenantId };
  } catch {
    // The handler meets the same, and fails on it.
    return {};
  }
}

function runInTransaction(
  envelope: Sent,
  work: (ctx: JobContext) => Promise<void>,
): Promise<{ published: boolean }> {
  const tenantId = envelope.tenantId ?? undefined;
  const trace = envelope.trace ?? undefined;
  const log = logFor({ messageId: envelope.messageId, job: envelope.type, tenantId });
  const entry = {
    tenantId: tenantId === undefined ? null : uuidOf(tenantId),
    userId: null,
    // What the job leaves behind goes back to the same request, and so does what that leads to.
    requestId: envelope.requestId ?? envelope.messageId,
  };
  return transact(pool(), entry, async (tx) => {
    const outbox: Statement[] = [];
    const { query, one, maybeOne } = tx;
    await work({
      messageId: envelope.messageId,
      tenantId,
      tx: { query, one, maybeOne },
      log,
      now: () => new Date(),
      emit: (type, data) => void outbox.push(eventRow(type, data, trace)),
      enqueue: (type, payload) => void outbox.push(jobRow(type, payload, trace)),
      start: (type, input) => void outbox.push(workflowRow(type, input, trace)),
    });
    for (const statement of outbox) tx.record(statement);
    return { published: outbox.length > 0 };
  });
}
