/** Reports as files (EXP-1, EXP-2, EXP-3): what there is, asking for a file, watching it grow, fetching it. */
import * as z from 'zod';
import { actorIdSchema } from '../contract/actor.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { classifications, columnTypes, reportFormats } from '../contract/report.ts';

export const exportProblems = {
  unknownReport: problem('exports.unknown_report', 422, 'There is no such report, or you may not have it.'),
  badParameters: problem('exports.bad_parameters', 422, 'The report does not take these parameters.'),
  sensitive: problem('exports.sensitive', 403, 'This report needs a permission of its own.'),
  tooLarge: problem('exports.too_large', 422, 'This is more than one export may hold.'),
  notRunning: problem('exports.not_running', 409, 'The export is over already.'),
  noFile: problem('exports.no_file', 409, 'There is no file to download: not yet, or not any more.'),
  changing: problem('exports.interrupted', 503, 'The export was interrupted too often. Try again.'),
} as const;

const reportSchema = z
  .object({
    id: z.string(),
    summary: z.string(),
    sensitive: z.boolean().describe('Needs the permission exports:sensitive; kept for a day'),
    formats: z.array(z.enum(reportFormats)),
    parameters: z.record(z.string(), z.unknown()).describe('JSON Schema of what it can be asked'),
    columns: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        type: z.enum(columnTypes),
        classification: z.enum(classifications),
      }),
    ),
  })
  .meta({ id: 'Report' });

export const exportStatuses = ['queued', 'running', 'finished', 'failed', 'cancelled', 'expired'] as const;

const exportSchema = z
  .object({
    id: idSchema('export'),
    report: z.string(),
    format: z.enum(reportFormats),
    parameters: z.record(z.string(), z.unknown()),
    purpose: z.string(),
    sensitive: z.boolean(),
    status: z.enum(exportStatuses),
    requestedBy: actorIdSchema,
    requestedAt: z.iso.datetime(),
    fileName: z.string(),
    rows: z.int().describe('Written so far'),
    bytes: z.int().describe('Written so far'),
    estimatedRows: z.int().describe('Counted as soon as work has begun'),
    percent: z.int().min(0).max(100),
    error: z.string().nullable().describe('The code of what went wrong'),
    generatedAt: z.iso.datetime().nullable().describe('The moment whose rows the file holds'),
    finishedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().nullable().describe('When the file is removed'),
  })
  .meta({ id: 'Export' });

export type ExportView = z.output<typeof exportSchema>;

const downloadSchema = z
  .object({ id: idSchema('download'), by: actorIdSchema, at: z.iso.datetime(), ip: z.string() })
  .meta({ id: 'ExportDownload' });

export type DownloadView = z.output<typeof downloadSchema>;

const common = {
  plane: 'tenant',
  rate: 'standard',
  meter: 'api_calls',
  capability: 'exports',
} as const;
const one = { exportId: idSchema('export') };

export const exportsContract = {
  reports: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/reports',
    summary: 'The reports that the caller may have as files',
    output: z.object({ items: z.array(reportSchema) }),
    permission: 'exports:read',
    requirements: ['EXP-1', 'EXP-2'],
  }),
  create: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/exports',
    summary: 'Ask for a report as a file; it is made in the background',
    body: z.object({
      report: z.string().max(100),
      format: z.enum(reportFormats).default('csv'),
      parameters: z.record(z.string(), z.unknown()).default({}),
      purpose: z
        .string()
        .trim()
        .min(10)
        .max(500)
        .describe('What the file is for; it stands in the audit trail'),
    }),
    output: exportSchema,
    status: 202,
    permission: 'exports:create',
    audit: 'export.requested',
    idempotency: 'required',
    errors: [
      exportProblems.unknownReport,
      exportProblems.badParameters,
      exportProblems.sensitive,
      exportProblems.tooLarge,
    ],
    requirements: ['EXP-1', 'EXP-2', 'LIM-2', 'CAP-3'],
  }),
  list: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/exports',
    summary: 'Exports of the tenant, newest first',
    query: pageQuery,
    output: pageOf(exportSchema),
    permission: 'exports:read',
    requirements: ['EXP-1', 'EXP-2'],
  }),
  get: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/exports/{exportId}',
    params: one,
    summary: 'One export: how far it is, or why it failed',
    output: exportSchema,
    permission: 'exports:read',
    errors: [problems.notFound],
    requirements: ['EXP-1'],
  }),
  cancel: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/exports/{exportId}/cancel',
    params: one,
    summary: 'Stop an export that is not finished; nothing of it is left',
    output: exportSchema,
    permission: 'exports:create',
    audit: 'export.cancelled',
    idempotency: 'optional',
    errors: [problems.notFound, exportProblems.notRunning],
    requirements: ['EXP-1'],
  }),
  download: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/exports/{exportId}/download',
    params: one,
    summary: 'A link to the file, for fifteen minutes; who asked for it is recorded',
    output: z.object({
      url: z.string().nullable().describe('Absent in a repeated answer'),
      expiresAt: z.iso.datetime(),
    }),
    shownOnce: ['url'],
    permission: 'exports:read',
    audit: 'export.downloaded',
    idempotency: 'optional',
    errors: [problems.notFound, problems.forbidden, exportProblems.sensitive, exportProblems.noFile],
    requirements: ['EXP-2', 'EXP-3', 'CAP-3'],
  }),
  downloads: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/exports/{exportId}/downloads',
    params: one,
    query: pageQuery,
    summary: 'Who asked for a link to the file, newest first',
    output: pageOf(downloadSchema),
    permission: 'exports:read',
    errors: [problems.notFound],
    requirements: ['EXP-3'],
  }),
};
