/** The workflow of a rehearsal. */
import * as z from 'zod';
import { idSchema } from '../contract/ids.ts';
import { workflow } from '../contract/workflow.ts';

export const drillsWorkflows = {
  run: workflow({
    name: 'drills.run',
    summary: 'Restores a backup into a scratch tenant, verifies and measures it',
    // Of no tenant: the platform rehearses, and the step enters whose backup it is and the scratch tenant.
    input: z.object({ drillId: idSchema('drill'), tenantId: idSchema('tenant') }),
    steps: { rehearse: { timeoutSeconds: 840 } },
    failed: { timeoutSeconds: 60 },
    capability: 'drills',
    requirements: ['BKP-3'],
  }),
};
