import { module } from '../contract/module.ts';
import { exportsContract } from './exports.contract.ts';
import { exportsEvents, exportsWorkflows } from './exports.events.ts';

/** Reports as files. */
export const exports = module({
  name: 'exports',
  summary: 'Exports',
  contract: exportsContract,
  events: exportsEvents,
  workflows: exportsWorkflows,
  needs: {
    database: 'app_tenant',
    files: [{ prefix: 'exports', operations: ['read'], steps: ['read', 'write', 'remove'] }],
    steps: { email: true, linkSecret: true, gate: 'counts', publish: true },
  },
});
