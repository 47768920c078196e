/**
 * Exports of a company's month, as many as its counter says. Their files are gone, as those of past days are: nothing
 * here pretends that there is one to fetch.
 */
import { daysBefore, windowsAt } from './clock.ts';
import { type Context, monthDays } from './context.ts';
import { addRows, type Row } from './tables.ts';
import type { Act } from './trail.ts';

/** Adds that many exports of the month under way; tells what the trail says of them. */
export function addExports(context: Context, wanted: number): Act[] {
  const { company, chance, at, tenantId, acting, tables } = context;
  const { month } = windowsAt(company.timeZone, at);
  const acts: Act[] = [];
  const downloads: Row[] = [];
  const rows = Array.from({ length: wanted }, (): Row => {
    const requestedAt = momentIn(context, month);
    const [report, format] = chance.pick(reports);
    const by = chance.pick(acting);
    const id = chance.id(requestedAt);
    const count = chance.between(40, 60_000);
    const finishedAt = new Date(requestedAt.getTime() + chance.between(2, 50) * 1_000);
    const isFailed = chance.happens(3);
    const target = ['export', `exp_${id}`] as const;
    acts.push({ at: requestedAt, by, action: 'export.requested', target, after: { report, format } });
    if (!isFailed && chance.happens(80)) {
      acts.push({ at: finishedAt, by, action: 'export.downloaded', target });
      downloads.push({
        ...{
          tenant_id: tenantId,
          id: chance.id(finishedAt),
          export_id: id,
          actor_type: 'person',
          actor_id: by.id,
        },
        ...{ ip: by.ip, at: finishedAt.toISOString() },
      });
    }
    return {
      ...{ tenant_id: tenantId, id, report, format, parameters: {}, purpose: chance.pick(purposes) },
      ...{ sensitive: false, status: isFailed ? 'failed' : 'expired', error: isFailed ? 'internal' : null },
      ...{ requested_by_type: 'person', requested_by: by.id, requested_at: requestedAt.toISOString() },
      file_name: `${company.slug}-${report.replace('.', '-')}.${format}`,
      ...{
        estimated_rows: count,
        total_rows: count,
        rows: isFailed ? 0 : count,
        bytes: isFailed ? 0 : count * 96,
      },
      ...{ attempt: 1, beginnings: 1, snapshot_at: requestedAt.toISOString() },
      ...{ notified_at: finishedAt.toISOString(), finished_at: finishedAt.toISOString() },
      // A day later, as files do; the latest was removed before its time was over.
      expires_at: isFailed
        ? null
        : new Date(Math.min(daysBefore(finishedAt, -1).getTime(), at.getTime())).toISOString(),
    };
  });
  addRows(tables, 'exports', rows);
  addRows(tables, 'export_downloads', downloads);
  return acts;
}

const reports: [Kind, ...Kind[]] = [
  ['audit.events', 'csv'],
  ['audit.events', 'pdf'],
  ['ai.calls', 'csv'],
  ['ai.calls', 'parquet'],
  ['ai.daily_costs', 'csv'],
  ['usage.alerts', 'json'],
];

type Kind = readonly [report: string, format: string];

const purposes = [
  'Weekly figures for the board',
  'Reconciling the month with accounting',
  'Question of an auditor',
  'Loading the data warehouse',
] as const;

/** A moment of the month that counters are in; on its first day, one of the last minutes. */
function momentIn({ company: { timeZone }, chance, at }: Context, month: string): Date {
  for (let tries = 0; tries < 40; tries += 1) {
    const found = new Date(
      daysBefore(at, chance.between(1, monthDays)).getTime() + chance.between(0, 36_000) * 1_000,
    );
    if (found.getTime() < at.getTime() - 60_000 && windowsAt(timeZone, found).month === month) return found;
  }
  return new Date(at.getTime() - chance.between(61, 600) * 1_000);
}
