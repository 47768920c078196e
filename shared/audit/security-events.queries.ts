/** What the lists of security events ask of the database. */
import type * as z from 'zod';
import type { Statement } from '../contract/context.ts';
import { type TenantId, uuidOf } from '../contract/ids.ts';
import { timeCursor } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import type { securityEventFilter } from './security-events.contract.ts';

/** The statement that reads a page and one row more: of what the transaction sees, or of one tenant in it. */
export function securityEventsPage(
  filter: z.output<typeof securityEventFilter>,
  tenantId?: TenantId,
): Statement {
  const { limit, cursor, type = null, subject = null, userId, from, to } = filter;
  const { at, id } = timeCursor(cursor);
  const [since, until] = [toDate(from), toDate(to)];
  const user = userId === undefined ? null : uuidOf(userId);
  const tenant = tenantId === undefined ? null : uuidOf(tenantId);
  return sql`
    select id, tenant_id, user_id, occurred_at, app.exact_time(occurred_at) as exact_at, type, subject, detail, ip,
           user_agent, request_id
    from app.security_events
    where (${at}::timestamptz is null or (occurred_at, id) < (${at}::timestamptz, ${id}::uuid))
      and (${tenant}::uuid is null or tenant_id = ${tenant}::uuid)
      and (${type}::text is null or type = ${type})
      and (${subject}::text is null or subject = ${subject})
      and (${user}::uuid is null or user_id = ${user}::uuid)
      and (${since}::timestamptz is null or occurred_at >= ${since}::timestamptz)
      and (${until}::timestamptz is null or occurred_at < ${until}::timestamptz)
    order by occurred_at desc, id desc
    limit ${limit + 1}`;
}

/** ISO 8601 allows zones and years that Postgres does not read; a Date is sent as it does. */
function toDate(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
