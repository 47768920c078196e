/** Backups of a tenant (BKP-1): which there are, taking one now, and having one outside of the service. */
import * as z from 'zod';
import { actorIdSchema } from '../contract/actor.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';

export const backupProblems = {
  underWay: problem('backups.under_way', 409, 'A backup of the tenant is being taken already.'),
  notThere: problem('backups.not_there', 409, 'There is no such file: not yet, or not any more.'),
} as const;

export const backupKinds = ['scheduled', 'manual', 'before_restore', 'point_in_time'] as const;
export const backupStatuses = ['queued', 'running', 'done', 'failed', 'expired'] as const;

const backupSchema = z
  .object({
    id: idSchema('backup'),
    kind: z.enum(backupKinds),
    status: z.enum(backupStatuses),
    requestedBy: actorIdSchema.nullable().describe('Absent where the schedule did'),
    snapshotAt: z.iso.datetime().nullable().describe('The moment whose rows it holds'),
    schemaVersion: z.int().nullable(),
    bytes: z.int().nullable(),
    sha256: z.string().nullable().describe('Of the file'),
    tables: z.array(z.object({ table: z.string(), rows: z.int() })),
    error: z.string().nullable().describe('The code of what went wrong'),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().describe('When the file is removed'),
  })
  .meta({ id: 'Backup' });

export type BackupView = z.output<typeof backupSchema>;

const common = {
  plane: 'tenant',
  rate: 'standard',
  meter: 'api_calls',
  capability: 'backups',
  requirements: ['BKP-1', 'AUD-1'],
} as const;
const one = { backupId: idSchema('backup') };

export const backupsContract = {
  list: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/backups',
    summary: 'Backups of the tenant, newest first',
    query: pageQuery,
    output: pageOf(backupSchema),
    permission: 'backups:read',
  }),
  get: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/backups/{backupId}',
    params: one,
    summary: 'One backup: how far it is, and what it holds',
    output: backupSchema,
    permission: 'backups:read',
    errors: [problems.notFound],
  }),
  create: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/backups',
    summary: 'Take a backup now, beside the nightly ones',
    output: backupSchema,
    status: 202,
    permission: 'backups:create',
    audit: 'backup.requested',
    idempotency: 'required',
    errors: [backupProblems.underWay],
  }),
  download: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/backups/{backupId}/download',
    params: one,
    summary: 'A link to the file, for fifteen minutes, and the key that opens this one file',
    output: z.object({
      url: z.string().nullable().describe('Absent in a repeated answer'),
      key: z.string().nullable().describe('In hexadecimal digits; absent in a repeated answer'),
      fileName: z.string(),
      sha256: z.string(),
      expiresAt: z.iso.datetime(),
    }),
    shownOnce: ['url', 'key'],
    permission: 'backups:download',
    audit: 'backup.downloaded',
    idempotency: 'optional',
    errors: [problems.notFound, backupProblems.notThere],
    requirements: ['BKP-1', 'AUD-1', 'AUD-3'],
  }),
};
