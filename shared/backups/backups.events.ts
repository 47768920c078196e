/** What backups tell others, and how one is taken. */
import * as z from 'zod';
import { event } from '../contract/event.ts';
import { idSchema } from '../contract/ids.ts';
import { workflow } from '../contract/workflow.ts';

const backup = z.object({ backupId: idSchema('backup') });

export const backupsEvents = {
  taken: event({
    type: 'backupTaken',
    summary: 'A backup of a tenant was taken',
    data: backup.extend({ bytes: z.int(), rows: z.int(), snapshotAt: z.iso.datetime() }),
    requirements: ['BKP-1'],
  }),
  failed: event({
    type: 'backupFailed',
    summary: 'A backup of a tenant was not taken',
    data: backup.extend({ error: z.string() }),
    requirements: ['BKP-1'],
  }),
};

export const backupsWorkflows = {
  take: workflow({
    name: 'backups.take',
    summary: 'Takes a backup of a tenant, keeps it for a month and removes it',
    input: backup,
    steps: {
      take: { timeoutSeconds: 840 },
      expire: { timeoutSeconds: 60, repeats: true, anyway: true },
    },
    failed: { timeoutSeconds: 60 },
    capability: 'backups',
    requirements: ['BKP-1'],
  }),
};
