/**
 * Bringing a tenant back as it was (BKP-2): one person asks, another agrees, everybody sees what would change, and
 * somebody who types the tenant's name applies it.
 */
import * as z from 'zod';
import { actorIdSchema } from '../contract/actor.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';

export const restoreProblems = {
  underWay: problem('restore.under_way', 409, 'Another restore of the tenant is under way.'),
  noBackup: problem('restore.no_backup', 404, 'There is no such backup, or its file is gone.'),
  oneSource: problem(
    'restore.one_source',
    422,
    'A restore goes back to a backup or to a moment: name one of them.',
  ),
  outsideLog: problem(
    'restore.outside_log',
    422,
    'The log does not reach that moment: it is older than the log is kept, or not over yet.',
  ),
  wrongStep: problem('restore.wrong_status', 409, 'The restore is not at this step.'),
  ownRequest: problem('restore.own_request', 403, 'Whoever asks for a restore does not approve it.'),
  notConfirmed: problem('restore.not_confirmed', 422, 'This is not the short name of the tenant.'),
  notReturning: problem('restore.not_returning', 422, 'Nothing returns to somebody who is named.'),
  notUndone: problem('restore.not_undone', 409, 'Only the restore that was applied last can be undone.'),
  notSound: problem('restore.not_sound', 422, 'The backup cannot be restored; the findings say why.'),
  unreadable: problem('restore.unreadable', 422, 'The backup is damaged, or is not what it says it is.'),
  notRestored: problem(
    'restore.not_restored',
    409,
    'What was applied was not what was shown; nothing was changed.',
  ),
} as const;

export const restoreStatuses = [
  'requested',
  'rejected',
  'cancelled',
  'expired',
  'preparing',
  'ready',
  'applying',
  'applied',
  'failed',
] as const;

const texts = z.array(z.string().nullable());

const tableDifferenceSchema = z.object({
  table: z.string(),
  added: z.int(),
  changed: z.int(),
  removed: z.int(),
  columns: z.array(z.string()),
  rows: z.array(
    z.object({
      change: z.enum(['added', 'changed', 'removed']),
      key: z.array(z.string()),
      before: texts.nullable(),
      after: texts.nullable(),
    }),
  ),
});

const restoreSchema = z
  .object({
    id: idSchema('restore'),
    status: z.enum(restoreStatuses),
    backupId: idSchema('backup').nullable(),
    at: z.iso.datetime().nullable().describe('Of a restore to a point in time'),
    reason: z.string(),
    requestedBy: actorIdSchema,
    decidedBy: idSchema('user').nullable(),
    appliedBy: idSchema('user').nullable(),
    undoes: idSchema('restore').nullable().describe('The restore that it takes back'),
    safetyBackupId: idSchema('backup').nullable().describe('The tenant as it was before it was applied'),
    snapshotAt: z.iso.datetime().nullable().describe('The moment that the tenant returns to'),
    schemaVersion: z.int().nullable(),
    findings: z
      .array(z.object({ check: z.string(), table: z.string().nullable(), detail: z.string() }))
      .describe('What is wrong with the backup'),
    error: z.string().nullable().describe('The code of what went wrong'),
    createdAt: z.iso.datetime(),
    decidedAt: z.iso.datetime().nullable(),
    preparedAt: z.iso.datetime().nullable(),
    appliedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().describe('Until when it waits for somebody'),
  })
  .meta({ id: 'Restore' });

const withDifference = restoreSchema
  .extend({
    difference: z
      .array(tableDifferenceSchema)
      .describe('What applying it would change, as of when it was prepared; the first rows of each table'),
    returning: z
      .array(z.object({ userId: idSchema('user'), role: z.string(), roleNow: z.string().nullable() }))
      .describe('Members from whom something was taken since: they have it back only when they are named'),
  })
  .meta({ id: 'RestoreWithDifference' });

export type RestoreView = z.output<typeof restoreSchema>;
export type RestoreWithDifference = z.output<typeof withDifference>;

const common = {
  plane: 'tenant',
  rate: 'standard',
  meter: 'api_calls',
  capability: 'restore',
  requirements: ['BKP-2', 'AUD-1'],
} as const;
const one = { restoreId: idSchema('restore') };
const step = { ...common, method: 'POST', params: one, idempotency: 'optional' } as const;
const reason = z.string().trim().min(3).max(500).describe('Why; it stands in the audit trail');

export const restoreContract = {
  request: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/restores',
    summary: 'Ask for the tenant to return to a backup, or to how it was at a moment',
    body: z.object({
      backupId: idSchema('backup').optional(),
      at: z.iso.datetime().optional().describe('Any moment that the log of the database reaches: 35 days'),
      reason,
    }),
    output: restoreSchema,
    status: 201,
    permission: 'restores:request',
    audit: 'restore.requested',
    idempotency: 'required',
    errors: [
      restoreProblems.noBackup,
      restoreProblems.underWay,
      restoreProblems.oneSource,
      restoreProblems.outsideLog,
    ],
  }),
  list: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/restores',
    summary: 'Restores of the tenant, newest first',
    query: pageQuery,
    output: pageOf(restoreSchema),
    permission: 'restores:read',
  }),
  get: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/restores/{restoreId}',
    params: one,
    summary: 'One restore, with what applying it would change',
    output: withDifference,
    permission: 'restores:read',
    errors: [problems.notFound],
  }),
  approve: endpoint({
    ...step,
    path: '/v1/restores/{restoreId}/approve',
    summary:
      'Agree to a restore that somebody else asked for: it is staged, verified and compared, and changes nothing',
    output: restoreSchema,
    permission: 'restores:approve',
    audit: 'restore.approved',
    errors: [problems.notFound, restoreProblems.wrongStep, restoreProblems.ownRequest],
  }),
  reject: endpoint({
    ...step,
    path: '/v1/restores/{restoreId}/reject',
    summary: 'Refuse a restore that was asked for',
    output: restoreSchema,
    permission: 'restores:approve',
    audit: 'restore.rejected',
    errors: [problems.notFound, restoreProblems.wrongStep],
  }),
  cancel: endpoint({
    ...step,
    path: '/v1/restores/{restoreId}/cancel',
    summary: 'Let go of a restore that was not applied yet',
    output: restoreSchema,
    permission: 'restores:request',
    audit: 'restore.cancelled',
    errors: [problems.notFound, restoreProblems.wrongStep],
  }),
  apply: endpoint({
    ...step,
    path: '/v1/restores/{restoreId}/apply',
    summary: 'Apply a restore that is ready: in one transaction, after a backup of the tenant as it is now',
    body: z.object({
      confirm: z.string().max(100).describe('The short name of the tenant'),
      readmit: z.array(idSchema('user')).max(1_000).default([]).describe('Who has back what was taken since'),
    }),
    output: restoreSchema,
    status: 202,
    permission: 'restores:apply',
    audit: 'restore.confirmed',
    errors: [
      problems.notFound,
      restoreProblems.wrongStep,
      restoreProblems.notConfirmed,
      restoreProblems.notReturning,
    ],
    requirements: ['BKP-2', 'AUD-1', 'AUD-3'],
  }),
  undo: endpoint({
    ...step,
    path: '/v1/restores/{restoreId}/undo',
    summary: 'Ask for the tenant as it was before a restore; it takes the same steps',
    body: z.object({ reason }),
    output: restoreSchema,
    status: 201,
    permission: 'restores:request',
    audit: 'restore.undo_requested',
    errors: [
      problems.notFound,
      restoreProblems.notUndone,
      restoreProblems.noBackup,
      restoreProblems.underWay,
    ],
  }),
};
