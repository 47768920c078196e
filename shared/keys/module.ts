import { module } from '../contract/module.ts';
import { keysContract } from './keys.contract.ts';
import { keysReports } from './keys.reports.ts';

/** API keys. */
export const keys = module({
  name: 'keys',
  summary: 'API keys',
  contract: keysContract,
  reports: keysReports,
  needs: { database: 'app_tenant' },
});
