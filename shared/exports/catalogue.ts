/** Which reports there are, and who may have which. */
import type { TenantContext } from '../contract/context.ts';
import { fail, type Failure, problems } from '../contract/errors.ts';
import type { Permission } from '../contract/permissions.ts';
import { type QueriedReport, type ReportType, sensitiveReports } from '../contract/report.ts';
import { exportProblems } from './exports.contract.ts';

/** All reports of all modules with their queries, by id; the entries know them (functions/reports.ts). */
export type Catalogue = ReadonlyMap<string, QueriedReport>;

/** Why somebody with these permissions may not have a report; undefined when they may. */
export function refusalOf(report: ReportType, permissions: ReadonlySet<Permission>): Failure | undefined {
  // As if there were none: what others may read is nobody's business.
  if (!permissions.has(report.permission)) return fail(exportProblems.unknownReport);
  if (report.sensitive && !permissions.has(sensitiveReports.permission))
    return fail(exportProblems.sensitive);
  return undefined;
}

/** Why the report is not to be had in this tenant at present. */
export function offIn(
  { capability }: Pick<TenantContext, 'capability'>,
  report: ReportType,
): Failure | undefined {
  const { on, reason } = capability(report.capability);
  if (on) return undefined;
  return fail(problems.capabilityOff, { detail: `The capability ${report.capability} ${reason}.` });
}
