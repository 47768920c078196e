/**
 * The machine that lets the standby region go on (BKP-4). It stands in that region and asks nothing of the one that is
 * gone; people start it, not the API, which may be gone as well. Every step may be called again, and so may all of it.
 */
import * as z from 'zod';
import { regionNames } from '../config/regions.ts';
import { module } from '../contract/module.ts';
import { workflow } from '../contract/workflow.ts';
import { failoverModes } from './failover.contract.ts';

/** What a failover is started with. */
const order = z.strictObject({
  residency: z.enum(regionNames).describe('Whose region is gone'),
  confirm: z.string().describe('The name of the standby’s cell, typed by whoever starts it'),
  mode: z.enum(failoverModes),
  reason: z.string().trim().min(10).max(1_000),
  decidedBy: z.string().trim().min(3).max(200),
  since: z.iso.datetime().optional().describe('When the region was gone; when this was started unless told'),
  evenIfHealthy: z.boolean().default(false).describe('Also when the region still answers'),
});

export type FailoverOrder = z.output<typeof order>;

export const failoverWorkflows = {
  run: workflow({
    name: 'failover.run',
    summary: 'Promotes the standby’s database, opens it, redirects, tells everybody and records it',
    input: order,
    steps: {
      check: { timeoutSeconds: 60 },
      promote: { timeoutSeconds: 60, repeats: true },
      open: { timeoutSeconds: 120, repeats: true },
      budgets: { timeoutSeconds: 840 },
      redirect: { timeoutSeconds: 60, repeats: true },
      conclude: { timeoutSeconds: 60 },
      notify: { timeoutSeconds: 840 },
    },
    failed: { timeoutSeconds: 60 },
    requirements: ['BKP-4', 'VAL-2'],
  }),
};

/** Not in the registry: no other cell has this machine, and nothing of it is reached through the API. */
export const failoverMachine = module({
  name: 'failover',
  summary: 'Going on in the standby region',
  contract: {},
  workflows: failoverWorkflows,
  needs: { steps: { database: 'app_restore', gate: 'publishes', publish: true } },
});
