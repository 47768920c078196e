/** Reading the audit trail (AUD-1). Nothing here writes: the chain does, with each operation. */
import { storedActor } from '../contract/actor.ts';
import { uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import type { auditContract } from './audit.contract.ts';
import { type AuditRow, toAuditEvent } from './audit.rows.ts';
import { securityEventsOps } from './security-events.ops.ts';

export const auditOps: Ops<typeof auditContract> = {
  ...securityEventsOps,

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
};

/** ISO 8601 allows zones and years that Postgres does not read; a Date is sent as it does. */
function toDate(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
