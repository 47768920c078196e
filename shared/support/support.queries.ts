/** What the reports of support ask of the database. */
import type { ReportQueries } from '../contract/report.ts';
import { sql } from '../db/sql.ts';
import type { supportReports } from './support.reports.ts';

export const supportQueries: ReportQueries<typeof supportReports> = {
  impersonations: () => sql`
    select created_at, id, staff_name, member_id, reason, status, decided_by, decided_at, started_at, ends_at, ended_at
    from app.impersonations`,
};
