/** Every report of the registry with its query, by id; a test names whichever is missing. One line for each module. */
import { auditQueries } from '#shared/audit/audit.queries.ts';
import { auditReports } from '#shared/audit/audit.reports.ts';
import { type QueriedReport, queried } from '#shared/contract/report.ts';

export const reports: ReadonlyMap<string, QueriedReport> = new Map(
  [...queried(auditReports, auditQueries)].map((found) => [found.report.id, found]),
);
