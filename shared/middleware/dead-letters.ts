/**
 * The keeper of dead letters: what a module's worker failed on too often is taken out of its dead-letter queue and
 * kept in the database, where it outlives the queue's two weeks and can be sent again (shared/investigation).
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Pool } from 'pg';
import { uuidOf } from '../contract/ids.ts';
import { pool } from '../db/pool.ts';
import { sql } from '../db/sql.ts';
import { sweep } from '../db/sweep.ts';
import { transact } from '../db/transaction.ts';
import { envelopeSchema } from './envelope.ts';
import { logFor } from './telemetry.ts';

const outside = { tenantId: null, userId: null, requestId: 'dead-letters' };

/** The Lambda handler of all dead-letter queues. What could not be kept stays in its queue and comes again. */
export async function keepDeadLetters(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  // One after the other: an instance has one connection.
  for (const record of event.Records) {
    try {
      await keep(record);
    } catch (error) {
      logFor({ sqsMessageId: record.messageId }).error('dead letter was not kept', {
        errorName: error instanceof Error ? error.name : typeof error,
      });
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
}

/** How many letters wait, of each queue in which any does. */
export function waitingDeadLetters(systemPool: Pool): Promise<{ queue: string; letters: number }[]> {
  return transact(systemPool, outside, (tx) =>
    tx.query<{ queue: string; letters: number }>(sql`
      select queue, count(*)::integer as letters from app.dead_letters where status = 'waiting'
      group by queue order by queue`),
  );
}

const keptDays = 90;

/** Letters are forgotten after three months: by then nobody sends them again, and the trail says who decided what. */
export function forgetDeadLetters(systemPool: Pool): Promise<number> {
  return sweep(
    systemPool,
    (limit) => sql`
      delete from app.dead_letters where id in (
        select id from app.dead_letters where put_aside_at < now() - make_interval(days => ${keptDays}::integer)
        order by put_aside_at limit ${limit}) returning id`,
  );
}

async function keep({ messageId, eventSourceARN, attributes, body }: SQSRecord): Promise<void> {
  const { type = null, message = null, tenant = null, request = null } = read(body);
  const queuedMs = Number(attributes.SentTimestamp);
  // The tenant may be gone; its job waits for somebody to give it up.
  await transact(pool(), outside, (tx) =>
    tx.query(sql`
      insert into app.dead_letters (id, tenant_id, queue, type, message_id, request_id, body, bytes, queued_at)
      values (${messageId}, (select id from app.tenants where id = ${tenant}::uuid), ${queueOf(eventSourceARN)},
              ${type}, ${message}, ${request}, ${body}, ${Buffer.byteLength(body)},
              to_timestamp(${Number.isFinite(queuedMs) ? queuedMs / 1000 : null}::float8))
      on conflict do nothing`),
  );
}

type Read = { type?: string; message?: string; tenant?: string | null; request?: string | null };

/** What a message is, and whose; nothing where no dispatcher wrote it: it may be anything then. */
function read(body: string): Read {
  try {
    const { type, messageId, tenantId, requestId } = envelopeSchema.parse(JSON.parse(body));
    const tenant = tenantId === null ? null : uuidOf(tenantId);
    return { type, message: uuidOf(messageId), tenant, request: requestId ?? null };
  } catch {
    return {};
  }
}

/** `members` of `arn:aws:sqs:us-east-1:000000000000:plinth-dev-us-members-dead-letters`. */
function queueOf(arn: string): string {
  const [, name] = /:plinth-[^-:]+-[^-:]+-([a-z-]+)-dead-letters$/.exec(arn) ?? [];
  if (name === undefined) throw new Error('this is no dead-letter queue of ours');
  return name;
}
