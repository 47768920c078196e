import { module } from '../contract/module.ts';
import { failoverContract } from './failover.contract.ts';
import { failoverJobs } from './failover.events.ts';

/** Going on in another region: what is seen and told of it. The machine that does it stands in machine.ts. */
export const failover = module({
  name: 'failover',
  summary: 'Failovers to another region',
  contract: failoverContract,
  jobs: failoverJobs,
  needs: { database: 'app_platform', email: true, publishedByOthers: true },
});
