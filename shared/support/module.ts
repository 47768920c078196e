import { module } from '../contract/module.ts';
import { supportContract } from './support.contract.ts';
import { supportReports } from './support.reports.ts';

/** What a tenant lets support do. */
export const support = module({
  name: 'support',
  summary: 'Consent to support acting for members',
  contract: supportContract,
  reports: supportReports,
  needs: { database: 'app_tenant' },
});
