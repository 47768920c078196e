/** What the exports module tells others, and the workflow that makes a file. */
import * as z from 'zod';
import { event } from '../contract/event.ts';
import { idSchema } from '../contract/ids.ts';
import { reportFormats } from '../contract/report.ts';
import { workflow } from '../contract/workflow.ts';

const about = { exportId: idSchema('export'), report: z.string(), format: z.enum(reportFormats) };

export const exportsEvents = {
  finished: event({
    type: 'exportFinished',
    summary: 'A file is ready to be downloaded',
    data: z.object({ ...about, rows: z.int(), bytes: z.int(), expiresAt: z.iso.datetime() }),
    requirements: ['EXP-1'],
  }),
  failed: event({
    type: 'exportFailed',
    summary: 'A file could not be made; nothing of it is left',
    data: z.object({ ...about, error: z.string() }),
    requirements: ['EXP-1'],
  }),
};

export const exportsWorkflows = {
  run: workflow({
    name: 'exports.run',
    summary: 'Makes a file of a report, tells who asked for it, and removes it in the end',
    input: z.object({ exportId: idSchema('export') }),
    steps: {
      check: { timeoutSeconds: 60 },
      write: { timeoutSeconds: 600, repeats: true },
      finish: { timeoutSeconds: 120 },
      notify: { timeoutSeconds: 60, anyway: true },
      expire: { timeoutSeconds: 60, repeats: true, anyway: true },
    },
    failed: { timeoutSeconds: 120 },
    capability: 'exports',
    requirements: ['EXP-1', 'EXP-2', 'EXP-3', 'CAP-3'],
  }),
};
