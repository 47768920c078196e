import { module } from '../contract/module.ts';
import { usageEvents, usageJobs } from '../limits/usage.events.ts';
import { usageContract } from './usage.contract.ts';
import { usageReports } from './usage.reports.ts';

/** What a tenant has used of its plan. */
export const usage = module({
  name: 'usage',
  summary: 'Usage',
  contract: usageContract,
  events: usageEvents,
  jobs: usageJobs,
  reports: usageReports,
  needs: { database: 'app_tenant', email: true, publishedByOthers: true, workersCountMessages: true },
});
