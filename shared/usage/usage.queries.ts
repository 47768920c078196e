/** What the reports of usage ask of the database. */
import type { ReportQueries } from '../contract/report.ts';
import { sql } from '../db/sql.ts';
import type { usageReports } from './usage.reports.ts';

export const usageQueries: ReportQueries<typeof usageReports> = {
  alerts: ({ meter = null }) => sql`
    select told_at, meter, period, threshold, usage_limit, used
    from app.usage_alerts where ${meter}::text is null or meter = ${meter}`,
};
