import { module } from '../contract/module.ts';
import { backupsContract } from './backups.contract.ts';
import { backupsEvents, backupsWorkflows } from './backups.events.ts';

/** Backups of a tenant. */
export const backups = module({
  name: 'backups',
  summary: 'Backups',
  contract: backupsContract,
  events: backupsEvents,
  workflows: backupsWorkflows,
  needs: {
    database: 'app_tenant',
    backupSecret: true,
    files: [{ prefix: 'backups', operations: ['read'], steps: ['write', 'remove'] }],
    steps: { database: 'app_backup', backupSecret: true, publish: true },
  },
});
