import { module } from '../contract/module.ts';
import { drillsContract } from './drills.contract.ts';
import { drillsWorkflows } from './drills.events.ts';

/** Rehearsed restores. */
export const drills = module({
  name: 'drills',
  summary: 'Rehearsed restores',
  contract: drillsContract,
  workflows: drillsWorkflows,
  needs: {
    database: 'app_platform',
    files: [{ prefix: 'backups', steps: ['read'] }],
    steps: { database: 'app_restore', backupSecret: true },
  },
});
