/** What a restore tells others, and its two halves: what changes nothing, and what changes all at once. */
import * as z from 'zod';
import { event } from '../contract/event.ts';
import { idSchema } from '../contract/ids.ts';
import { job } from '../contract/job.ts';
import { workflow } from '../contract/workflow.ts';

const restore = z.object({ restoreId: idSchema('restore') });

export const restoreEvents = {
  ready: event({
    type: 'restoreReady',
    summary: 'A restore was prepared: what it would change can be seen',
    data: restore.extend({ changes: z.int() }),
    requirements: ['BKP-2'],
  }),
  applied: event({
    type: 'restoreApplied',
    summary: 'A tenant was brought back as it was',
    data: restore.extend({ snapshotAt: z.iso.datetime().describe('As it was then') }),
    requirements: ['BKP-2'],
  }),
  failed: event({
    type: 'restoreFailed',
    summary: 'A restore came to nothing, and changed nothing',
    data: restore.extend({ error: z.string() }),
    requirements: ['BKP-2'],
  }),
};

export const restoreWorkflows = {
  prepare: workflow({
    name: 'restore.prepare',
    summary: 'Stages a backup beside the live rows, verifies it and says what it would change',
    input: restore,
    steps: {
      // Nothing to do where a backup is named; a copy of the cluster that was begun is deleted in any case.
      copy: { timeoutSeconds: 840, repeats: true, anyway: true },
      stage: { timeoutSeconds: 840 },
      verify: { timeoutSeconds: 840 },
      compare: { timeoutSeconds: 840 },
    },
    failed: { timeoutSeconds: 120 },
    capability: 'restore',
    requirements: ['BKP-2'],
  }),
  apply: workflow({
    name: 'restore.apply',
    summary:
      'Takes a backup of the tenant as it is and makes the staged rows the live ones, in one transaction',
    input: restore,
    steps: { apply: { timeoutSeconds: 840 }, tell: { timeoutSeconds: 60, anyway: true } },
    failed: { timeoutSeconds: 120 },
    capability: 'restore',
    requirements: ['BKP-2'],
  }),
};

export const restoreJobs = {
  tellOwners: job({
    name: 'restore.tellOwners',
    summary: 'Mail the owners of a tenant that it was restored, or that a restore failed',
    payload: restore,
    requirements: ['BKP-2', 'AUD-3'],
  }),
};
