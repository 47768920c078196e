import { module } from '../contract/module.ts';
import { settingsContract } from './settings.contract.ts';

/** What a tenant sets for itself at run time, and what is on for it. */
export const settings = module({
  name: 'settings',
  summary: 'Settings and features',
  contract: settingsContract,
  needs: { database: 'app_tenant' },
});
