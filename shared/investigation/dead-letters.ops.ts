/**
 * Looking at dead letters, and deciding about them. The staff's login cannot read what they say: the stored functions
 * that decide put a message back into the outbox, or forget it, in the transaction of the decision.
 */
import type { PlatformContext, Statement, Transaction } from '../contract/context.ts';
import { formatId, type Id, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import type { deadLettersContract } from './dead-letters.contract.ts';
import { type DeadLetterRow, toDeadLetter } from './dead-letters.rows.ts';
import { mostLettersAtOnce } from '../config/dead-letters.ts';

export const deadLettersOps: Ops<typeof deadLettersContract> = {
  deadLetters: async (ctx, { limit, cursor, queue = null, status = null, tenantId }) => {
    const { at, id } = timeCursor(cursor);
    const tenant = tenantId === undefined ? null : uuidOf(tenantId);
    const rows = ctx.tx.query<DeadLetterRow>(sql`
      select d.id, d.tenant_id, d.queue, d.type, d.message_id, d.request_id, d.bytes, d.queued_at, d.put_aside_at,
             app.exact_time(d.put_aside_at) as exact_at, d.status, d.decided_by, d.decided_at, d.reason,
             greatest(1, (select count(*) from app.dead_letters same where same.message_id = d.message_id
                          and same.put_aside_at <= d.put_aside_at))::integer as times_put_aside
      from app.dead_letters d
      where (${at}::timestamptz is null or (d.put_aside_at, d.id) < (${at}::timestamptz, ${id}::uuid))
        and (${queue}::text is null or d.queue = ${queue})
        and (${status}::text is null or d.status = ${status})
        and (${tenant}::uuid is null or d.tenant_id = ${tenant}::uuid)
      order by d.put_aside_at desc, d.id desc
      limit ${limit + 1}`);
    const queues = ctx.tx.query<{ queue: string; waiting: number; oldest_at: Date }>(sql`
      select queue, count(*)::integer as waiting, min(put_aside_at) as oldest_at
      from app.dead_letters where status = 'waiting' group by queue order by queue`);
    return {
      ...toPage(await rows, limit, (row) => [row.exact_at, row.id], toDeadLetter),
      queues: (await queues).map(({ queue: name, waiting, oldest_at }) => ({
        ...{ queue: name, waiting, oldestAt: oldest_at.toISOString() },
      })),
    };
  },

  replayDeadLetters: async (ctx, { queue, ids, reason }) => {
    const wanted = await waiting(ctx.tx, queue, ids, sql`message_id is not null`);
    const done = await ctx.tx.query<{ id: string }>(
      sql`select id from app.replay_dead_letters(${wanted}::uuid[], ${reason})`,
    );
    note(ctx, { queue, reason, done });
    return { replayed: done.length, left: await countOf(ctx.tx, queue) };
  },

  discardDeadLetters: async (ctx, { queue, ids, reason }) => {
    const wanted = await waiting(ctx.tx, queue, ids, sql`true`);
    const done = await ctx.tx.query<{ id: string }>(
      sql`select id from app.discard_dead_letters(${wanted}::uuid[], ${reason})`,
    );
    note(ctx, { queue, reason, done });
    return { discarded: done.length, left: await countOf(ctx.tx, queue) };
  },
};

/** The letters of a queue that wait: of those that are named, or the oldest. */
async function waiting(
  tx: Transaction,
  queue: string,
  ids: readonly Id<'deadLetter'>[] | undefined,
  also: Statement,
): Promise<string[]> {
  const named = ids?.map(uuidOf) ?? null;
  const rows = await tx.query<{ id: string }>(sql`
    select id from app.dead_letters
    where queue = ${queue} and status = 'waiting' and ${also}
      and (${named}::uuid[] is null or id = any (${named}::uuid[]))
    order by put_aside_at, id limit ${mostLettersAtOnce}`);
  return rows.map(({ id }) => id);
}

async function countOf(tx: Transaction, queue: string): Promise<number> {
  const { letters } = await tx.one<{ letters: number }>(sql`
    select count(*)::integer as letters from app.dead_letters where queue = ${queue} and status = 'waiting'`);
  return letters;
}

type Decided = { queue: string; reason: string; done: readonly { id: string }[] };

function note(ctx: PlatformContext, { queue, reason, done }: Decided): void {
  ctx.audit({
    target: { type: 'dead_letters', id: queue },
    reason,
    after: { ids: done.map(({ id }) => formatId('deadLetter', id)) },
  });
}
