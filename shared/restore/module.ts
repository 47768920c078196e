import { module } from '../contract/module.ts';
import { restoreContract } from './restore.contract.ts';
import { restoreEvents, restoreJobs, restoreWorkflows } from './restore.events.ts';

/** Bringing a tenant back as it was. */
export const restore = module({
  name: 'restore',
  summary: 'Restore of one tenant',
  contract: restoreContract,
  events: restoreEvents,
  jobs: restoreJobs,
  workflows: restoreWorkflows,
  needs: {
    database: 'app_tenant',
    email: true,
    workersCountMessages: true,
    files: [{ prefix: 'backups', steps: ['read', 'write'] }],
    steps: {
      database: 'app_restore',
      backupSecret: true,
      gate: 'publishes',
      publish: true,
      clusterCopies: true,
    },
  },
});
