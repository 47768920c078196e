import { module } from '../contract/module.ts';
import { membersContract } from './members.contract.ts';
import { membersJobs } from './members.events.ts';
import { membersReports } from './members.reports.ts';

/** Members and invitations. */
export const members = module({
  name: 'members',
  summary: 'Members and invitations',
  contract: membersContract,
  jobs: membersJobs,
  reports: membersReports,
  needs: { database: 'app_tenant', email: true, linkSecret: true },
});
