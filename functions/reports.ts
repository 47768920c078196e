/** Every report of the registry with its query, by id; a test names whichever is missing. One line for each module. */
import { aiQueries } from '#shared/ai/ai.queries.ts';
import { aiReports } from '#shared/ai/ai.reports.ts';
import { auditQueries } from '#shared/audit/audit.queries.ts';
import { auditReports } from '#shared/audit/audit.reports.ts';
import { evidenceQueries } from '#shared/audit/evidence.queries.ts';
import { evidenceReports } from '#shared/audit/evidence.reports.ts';
import { type QueriedReport, queried } from '#shared/contract/report.ts';
import { keysQueries } from '#shared/keys/keys.queries.ts';
import { keysReports } from '#shared/keys/keys.reports.ts';
import { membersQueries } from '#shared/members/members.queries.ts';
import { membersReports } from '#shared/members/members.reports.ts';
import { supportQueries } from '#shared/support/support.queries.ts';
import { supportReports } from '#shared/support/support.reports.ts';
import { usageQueries } from '#shared/usage/usage.queries.ts';
import { usageReports } from '#shared/usage/usage.reports.ts';

export const reports: ReadonlyMap<string, QueriedReport> = new Map(
  [
    ...queried(auditReports, auditQueries),
    ...queried(evidenceReports, evidenceQueries),
    ...queried(membersReports, membersQueries),
    ...queried(keysReports, keysQueries),
    ...queried(aiReports, aiQueries),
    ...queried(usageReports, usageQueries),
    ...queried(supportReports, supportQueries),
  ].map((found) => [found.report.id, found]),
);
