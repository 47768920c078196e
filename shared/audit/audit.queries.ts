/** What the reports of the audit trail ask of the database. */
import { storedActor } from '../contract/actor.ts';
import { uuidOf } from '../contract/ids.ts';
import type { ReportQueries } from '../contract/report.ts';
import { actorText } from '../db/actor-text.ts';
import { sql } from '../db/sql.ts';
import type { auditReports } from './audit.reports.ts';

export const auditQueries: ReportQueries<typeof auditReports> = {
  events: ({ from, to, action = null, actorId, impersonationId, targetId = null }) => {
    const [since, until] = [toDate(from), toDate(to)];
    const actor = actorId === undefined ? { type: null, uuid: null } : storedActor(actorId);
    const impersonation = impersonationId === undefined ? null : uuidOf(impersonationId);
    return sql`
      select occurred_at, id, action, plane, ${actorText(sql`actor_type`, sql`actor_id`)} as actor, on_behalf_of,
             impersonation_id, target_type, target_id, reason, ip, user_agent, request_id, before, after,
             xmin as written_by
      from app.audit_events
      where (${action}::text is null or action = ${action})
        and (${actor.uuid}::uuid is null or (actor_id, actor_type) = (${actor.uuid}::uuid, ${actor.type}::text))
        and (${impersonation}::uuid is null or impersonation_id = ${impersonation}::uuid)
        and (${targetId}::text is null or target_id = ${targetId})
        and (${since}::timestamptz is null or occurred_at >= ${since}::timestamptz)
        and (${until}::timestamptz is null or occurred_at < ${until}::timestamptz)`;
  },

  securityEvents: ({ from, to, type = null, userId }) => {
    const [since, until] = [toDate(from), toDate(to)];
    const user = userId === undefined ? null : uuidOf(userId);
    return sql`
      select occurred_at, id, type, subject, user_id, ip, user_agent, request_id, detail, xmin as written_by
      from app.security_events
      where (${type}::text is null or type = ${type})
        and (${user}::uuid is null or user_id = ${user}::uuid)
        and (${since}::timestamptz is null or occurred_at >= ${since}::timestamptz)
        and (${until}::timestamptz is null or occurred_at < ${until}::timestamptz)`;
  },
};

/** ISO 8601 allows zones and years that Postgres does not read; a Date is sent as it does. */
function toDate(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
