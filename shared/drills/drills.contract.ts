/** Rehearsed restores, as the platform's staff see them (BKP-3). */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';
import { problem } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';

export const nothingToRehearse = problem('drill.no_backup', 409, 'There is no backup to rehearse with.');

const drillSchema = z
  .object({
    id: idSchema('drill'),
    tenantId: idSchema('tenant').describe('Whose newest backup was restored'),
    status: z.enum(['queued', 'running', 'passed', 'failed']),
    requestedBy: idSchema('user').nullable().describe('Absent where the schedule did'),
    rtoSeconds: z.number().nullable().describe('From the first byte read until everything was verified'),
    rpoSeconds: z
      .number()
      .nullable()
      .describe('How old the backup was: what came later would have been lost'),
    schemaVersion: z.int().nullable(),
    tables: z.int().nullable(),
    rows: z.int().nullable(),
    bytes: z.int().nullable(),
    findings: z.array(z.string()).describe('What was wrong with it'),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Drill' });

export type Drill = z.output<typeof drillSchema>;

const common = {
  plane: 'platform',
  path: '/v1/platform/drills',
  rate: 'standard',
  capability: 'drills',
  requirements: ['BKP-3'],
} as const;

export const drillsContract = {
  list: endpoint({
    ...common,
    method: 'GET',
    summary:
      'Rehearsed restores, the latest first: how long they took, what would have been lost, what was wrong',
    query: pageQuery,
    output: pageOf(drillSchema),
    permission: 'platform:drills:read',
  }),
  run: endpoint({
    ...common,
    method: 'POST',
    summary: 'Rehearse a restore now, of a tenant by chance or of this one',
    body: z.object({ tenantId: idSchema('tenant').optional() }),
    output: drillSchema,
    status: 202,
    permission: 'platform:drills:run',
    audit: 'drill.requested',
    idempotency: 'required',
    errors: [nothingToRehearse],
    requirements: ['BKP-3', 'AUD-1'],
  }),
};
