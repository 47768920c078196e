/** What the reports of members ask of the database. */
import type { ReportQueries } from '../contract/report.ts';
import { sql } from '../db/sql.ts';
import type { membersReports } from './members.reports.ts';

export const membersQueries: ReportQueries<typeof membersReports> = {
  members: ({ role = null }) => sql`
    select m.created_at as joined_at, m.user_id, u.name, u.email, m.role
    from app.memberships m join app.users u on u.id = m.user_id
    where ${role}::text is null or m.role = ${role}`,
};
