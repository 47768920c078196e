/** Asking for exports, watching and cancelling them, and fetching what came of them. */
import { exportLimits } from '../config/exports.ts';
import type { TenantContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { type Id, newId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { reportFormats, type ReportType } from '../contract/report.ts';
import { sql } from '../db/sql.ts';
import { fileTypes } from '../files/formats.ts';
import { tellUsage } from '../limits/alerts.ts';
import { giveBackUsage, takeUsage } from '../limits/usage.ts';
import { linkTo } from '../objects/objects.ts';
import { tenantFactsIn } from '../tenancy/facts-in.ts';
import { type Catalogue, offIn, refusalOf } from './catalogue.ts';
import { estimateRows } from './estimate.ts';
import { exportProblems, type exportsContract } from './exports.contract.ts';
import { exportsWorkflows } from './exports.events.ts';
import { type DownloadRow, type ExportRow, toDownload, toExport } from './exports.rows.ts';
import { fileNameOf, objectKey } from './file-name.ts';
import { parameterSchema } from './parameter-schema.ts';

/** The counters stand in another store: both are asked within the patience of one request. */
const patienceMs = 1_500;

export function exportsOps(catalogue: Catalogue): Ops<typeof exportsContract> {
  return {
    reports: async (ctx) => ({
      items: [...catalogue.values()]
        .map(({ report }) => report)
        .filter((report) => (refusalOf(report, ctx.permissions) ?? offIn(ctx, report)) === undefined)
        .map(described),
    }),

    create: async (ctx, { report: wanted, format, parameters: given, purpose }) => {
      const found = catalogue.get(wanted);
      if (found === undefined) throw fail(exportProblems.unknownReport);
      const { report, query } = found;
      const refusal = refusalOf(report, ctx.permissions) ?? offIn(ctx, report);
      if (refusal !== undefined) throw refusal;
      const parameters = parsed(report, given);
      const statement = query(parameters, { timeZone: ctx.tenant.timeZone });
      const estimated = await estimateRows(ctx.tx, statement, format);
      const tenant = await tenantFactsIn(ctx.tx);
      const { name } = await ctx.tx.one<{ name: string }>(sql`select name from app.tenants`);
      const id = newId('export');
      const deadlineMs = ctx.now().getTime() + patienceMs;
      const taken = await takeUsage(tenant, 'exports', 1, { now: ctx.now(), deadlineMs });
      try {
        await tellUsage(ctx, tenant, taken.states);
        const row = await ctx.tx.one<ExportRow>(sql`
          insert into app.exports (tenant_id, id, report, format, parameters, purpose, sensitive, requested_by_type,
                                   requested_by, file_name, estimated_rows, usage)
          values (app.tenant_id(), ${uuidOf(id)}, ${report.id}, ${format}, ${JSON.stringify(given)}, ${purpose},
                  ${report.sensitive}, ${ctx.actor.type}, ${uuidOf(ctx.actor.id)},
                  ${fileNameOf(name, report.id, ctx.now(), fileTypes[format].extension)},
                  ${estimated}, ${JSON.stringify(taken.receipt)})
          returning *`);
        ctx.start(exportsWorkflows.run, { exportId: id });
        ctx.audit({
          target: { type: 'export', id },
          reason: purpose,
          after: { report: report.id, format, parameters: given, sensitive: report.sensitive },
        });
        if (report.sensitive) {
          ctx.securityEvent('sensitive_export', { subject: report.id, detail: { exportId: id, format } });
        }
        return toExport(row);
      } catch (error) {
        await giveBackUsage(taken.receipt, Date.now() + patienceMs).catch(() => undefined);
        throw error;
      }
    },

    list: async (ctx, { limit, cursor }) => {
      const { at, id } = timeCursor(cursor);
      const rows = await ctx.tx.query<ExportRow>(sql`
        select *, app.exact_time(requested_at) as exact_at from app.exports
        where ${at}::timestamptz is null or (requested_at, id) < (${at}::timestamptz, ${id}::uuid)
        order by requested_at desc, id desc
        limit ${limit + 1}`);
      return toPage(rows, limit, (row) => [row.exact_at, row.id], toExport);
    },

    get: async (ctx, { exportId }) => toExport(await existing(ctx, exportId)),

    cancel: async (ctx, { exportId }) => {
      const row = await ctx.tx.maybeOne<ExportRow>(sql`
        update app.exports set status = 'cancelled'
        where id = ${uuidOf(exportId)} and status in ('queued', 'running') returning *`);
      if (row === undefined) {
        await existing(ctx, exportId);
        throw fail(exportProblems.notRunning);
      }
      // The workflow finds it so, forgets what it has written and gives back what was taken.
      ctx.audit({ target: { type: 'export', id: exportId }, after: { report: row.report } });
      return toExport(row);
    },

    download: async (ctx, { exportId }) => {
      const row = await existing(ctx, exportId);
      const report = catalogue.get(row.report)?.report;
      // Whoever may not have the report any more has no part in its files either.
      const refusal = report === undefined ? fail(problems.forbidden) : refusalOf(report, ctx.permissions);
      if (refusal !== undefined) throw row.sensitive ? refusal : fail(problems.forbidden);
      const left = ((row.expires_at?.getTime() ?? 0) - ctx.now().getTime()) / 1000;
      if (row.status !== 'finished' || left < 1) throw fail(exportProblems.noFile);
      const seconds = Math.min(exportLimits.linkSeconds, Math.floor(left));
      await ctx.tx.query(sql`
        insert into app.export_downloads (tenant_id, id, export_id, actor_type, actor_id, ip)
        values (app.tenant_id(), ${uuidOf(newId('download'))}, ${row.id}, ${ctx.actor.type},
                ${uuidOf(ctx.actor.id)}, ${ctx.source.ip})`);
      ctx.audit({
        target: { type: 'export', id: exportId },
        after: { report: row.report, format: row.format, sensitive: row.sensitive },
      });
      const url = await linkTo({ key: objectKey(row), versionId: row.version_id }, { seconds });
      return { url, expiresAt: new Date(ctx.now().getTime() + seconds * 1000).toISOString() };
    },

    downloads: async (ctx, { exportId, limit, cursor }) => {
      const { id: export_id } = await existing(ctx, exportId);
      const { at, id } = timeCursor(cursor);
      const rows = await ctx.tx.query<DownloadRow>(sql`
        select id, actor_type, actor_id, at, app.exact_time(at) as exact_at, ip from app.export_downloads
        where export_id = ${export_id}
          and (${at}::timestamptz is null or (at, id) < (${at}::timestamptz, ${id}::uuid))
        order by at desc, id desc
        limit ${limit + 1}`);
      return toPage(rows, limit, (row) => [row.exact_at, row.id], toDownload);
    },
  };
}

async function existing(ctx: TenantContext, id: Id<'export'>): Promise<ExportRow> {
  const row = await ctx.tx.maybeOne<ExportRow>(sql`select * from app.exports where id = ${uuidOf(id)}`);
  if (row === undefined) throw fail(problems.notFound);
  return row;
}

function described(report: ReportType) {
  const { id, summary, sensitive, parameters, columns } = report;
  return {
    ...{ id, summary, sensitive, formats: [...reportFormats] },
    parameters: parameterSchema(parameters),
    columns: Object.entries(columns).map(([name, { label, type, classification }]) => ({
      ...{ name, label, type, classification },
    })),
  };
}

/** What was asked of the report, as its own schema reads it. */
function parsed(report: ReportType, given: Record<string, unknown>): Record<string, unknown> {
  const { data, error } = report.parameters.safeParse(given);
  if (error === undefined) return data;
  const errors = error.issues.map(({ path, message }) => ({
    path: ['body', 'parameters', ...path.map(String)].join('.'),
    message,
  }));
  throw fail(exportProblems.badParameters, { errors });
}
