/**
 * The outbox: facts and work leave with the transaction that caused them, or not at all. Rows are written
 * here and dispatched, at least once, by the system role.
 */
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import type { z } from 'zod';
import type { Statement } from '../contract/context.ts';
import type { EventType } from '../contract/event.ts';
import { formatId, type TenantId } from '../contract/ids.ts';
import type { JobType } from '../contract/job.ts';
import type { WorkflowType } from '../contract/workflow.ts';
import { sql } from './sql.ts';
import { transact } from './transaction.ts';

/** What waits: a fact for everybody, work for a queue, or a workflow to be started. */
export type OutboxKind = 'event' | 'job' | 'workflow';

/** One message as it is dispatched. */
export type OutboxMessage = {
  id: string;
  tenantId: TenantId | null;
  kind: OutboxKind;
  type: string;
  payload: unknown;
  trace: string | null;
  /** The request that it goes back to, through however many jobs. */
  requestId: string | null;
  createdAt: Date;
};

/** The statement that publishes an event with the transaction; the data is checked against its schema. */
export function eventRow<Data extends z.ZodType>(
  type: EventType<Data>,
  data: z.input<Data>,
  trace: string | undefined,
): Statement {
  return row('event', type.type, type.data.parse(data), trace);
}

/** The statement that queues a job with the transaction; the payload is checked against its schema. */
export function jobRow<Payload extends z.ZodType>(
  type: JobType<Payload>,
  payload: z.input<Payload>,
  trace: string | undefined,
): Statement {
  return row('job', type.name, type.payload.parse(payload), trace);
}

/** The statement that starts a workflow with the transaction; the input is checked against its schema. */
export function workflowRow<Input extends z.ZodType>(
  type: WorkflowType<Input>,
  input: z.input<Input>,
  trace: string | undefined,
): Statement {
  return row('workflow', type.name, type.input.parse(input), trace);
}

function row(kind: OutboxKind, type: string, payload: unknown, trace: string | undefined): Statement {
  return sql`
    insert into app.outbox (id, tenant_id, kind, type, payload, trace)
    values (${v7()}, app.tenant_id(), ${kind}, ${type}, ${JSON.stringify(payload)}, ${trace ?? null})`;
}

const batchSize = 50;

/**
 * Sends waiting messages, oldest first, until none is left. Several dispatchers may run: rows are locked and
 * skipped. A message that could not be sent waits longer each time, up to five minutes: an outage of what it is
 * sent to shall not go on for long after its end.
 * @param send returns the ids that were sent; whatever it leaves out is tried again
 * @returns how many messages were sent
 */
export async function dispatchOutbox(
  systemPool: Pool,
  send: (messages: OutboxMessage[]) => Promise<ReadonlySet<string>>,
): Promise<number> {
  let total = 0;
  for (;;) {
    const { taken, sent } = await dispatchBatch(systemPool, send);
    total += sent;
    // Where nothing can be sent, the next ones would only wait as long: they are left for the next time.
    if (taken < batchSize || sent === 0) return total;
  }
}

type Row = {
  id: string;
  tenant_id: string | null;
  kind: OutboxKind;
  type: string;
  payload: unknown;
  trace: string | null;
  request_id: string | null;
  created_at: Date;
};

function dispatchBatch(
  systemPool: Pool,
  send: (messages: OutboxMessage[]) => Promise<ReadonlySet<string>>,
): Promise<{ taken: number; sent: number }> {
  return transact(systemPool, { tenantId: null, userId: null, requestId: 'outbox' }, async (tx) => {
    const rows = await tx.query<Row>(sql`
      select id, tenant_id, kind, type, payload, trace, request_id, created_at from app.outbox
      where available_at <= now() order by available_at, id limit ${batchSize} for update skip locked`);
    if (rows.length === 0) return { taken: 0, sent: 0 };
    const sent = await send(rows.map(toMessage));
    const unsent = rows.filter((message) => !sent.has(message.id)).map((message) => message.id);
    tx.record(sql`delete from app.outbox where id = any(${[...sent]}::uuid[])`);
    tx.record(sql`
      update app.outbox set attempts = attempts + 1,
        available_at = now() + least(interval '5 minutes', interval '2 seconds' * power(2, least(attempts, 12)))
      where id = any(${unsent}::uuid[])`);
    return { taken: rows.length, sent: sent.size };
  });
}

function toMessage(found: Row): OutboxMessage {
  return {
    id: found.id,
    tenantId: found.tenant_id === null ? null : formatId('tenant', found.tenant_id),
    kind: found.kind,
    type: found.type,
    payload: found.payload,
    trace: found.trace,
    requestId: found.request_id,
    createdAt: found.created_at,
  };
}
