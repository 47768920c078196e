/** Reading the audit trail, and proving it (AUD-1). Nothing here writes it: the chain does, with each operation. */
import * as z from 'zod';
import { storedActor } from '../contract/actor.ts';
import { formatId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { cursorKey, encodeCursor, timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import type { auditContract } from './audit.contract.ts';
import { type AuditRow, type ChainRow, toAuditEvent, toChain } from './audit.rows.ts';
import { beginning, checkPage, tamperingEvent } from './chain/check.ts';
import { requestsOps } from './requests.ops.ts';
import { securityEventsOps } from './security-events.ops.ts';

export const auditOps: Ops<typeof auditContract> = {
  ...securityEventsOps,

  ...requestsOps,

  list: async (
    ctx,
    { limit, cursor, action = null, actorId, impersonationId, targetId = null, from, to },
  ) => {
    const { at, id } = timeCursor(cursor);
    const [since, until] = [toDate(from), toDate(to)];
    const actor = actorId === undefined ? { type: null, uuid: null } : storedActor(actorId);
    const impersonation = impersonationId === undefined ? null : uuidOf(impersonationId);
    const rows = await ctx.tx.query<AuditRow>(sql`
      select id, occurred_at, app.exact_time(occurred_at) as exact_at, plane, actor_type, actor_id, action,
             target_type, target_id, ip, user_agent, request_id, reason, before, after,
             on_behalf_of, impersonation_id
      from app.audit_events
      where (${at}::timestamptz is null or (occurred_at, id) < (${at}::timestamptz, ${id}::uuid))
        and (${action}::text is null or action = ${action})
        and (${actor.uuid}::uuid is null or (actor_id, actor_type) = (${actor.uuid}::uuid, ${actor.type}))
        and (${impersonation}::uuid is null or impersonation_id = ${impersonation}::uuid)
        and (${targetId}::text is null or target_id = ${targetId})
        and (${since}::timestamptz is null or occurred_at >= ${since}::timestamptz)
        and (${until}::timestamptz is null or occurred_at < ${until}::timestamptz)
      order by occurred_at desc, id desc
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.id], toAuditEvent);
  },

  verify: async (ctx, { limit, cursor }) => {
    const [sequence, event] = cursorKey(cursor, placeKey) ?? [beginning.sequence, beginning.event];
    const reading = ctx.tx.query<ChainRow>(sql`
      select h.sequence, encode(h.hash, 'hex') as hash, h.sealed_at, h.archived_sequence, h.archived_at, h.checked_at,
             h.checked_sequence, h.checked_findings,
             (select count(*)::int from app.audit_pending) as unsealed
      from (select) one left join app.audit_heads h on true`);
    const { findings, place, ended } = await checkPage(ctx.tx, { sequence, event }, limit);
    const [row] = await reading;
    if (row === undefined) throw new Error('the state of the chain was not read');
    for (const finding of findings.slice(0, shownFindings)) {
      const { type, ...event } = tamperingEvent(finding);
      ctx.securityEvent(type, event);
    }
    return {
      verified: findings.length === 0,
      from: sequence + 1,
      to: place.sequence,
      ...toChain(row),
      findings: findings.slice(0, shownFindings).map(({ kind, sequence: at, eventId }) => ({
        ...{ kind, sequence: at, eventId: eventId === null ? null : formatId('auditEvent', eventId) },
      })),
      nextCursor: ended ? null : encodeCursor([String(place.sequence), place.event ?? '']),
    };
  },
};

/** One is enough to know that something is wrong; more say where to look. */
const shownFindings = 100;

/** The last link and the last row of the page before. */
const placeKey = z
  .tuple([z.string().regex(/^\d{1,15}$/), z.union([z.guid(), z.literal('')])])
  .transform(([sequence, event]) => [Number(sequence), event === '' ? null : event] as const);

/** ISO 8601 allows zones and years that Postgres does not read; a Date is sent as it does. */
function toDate(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
