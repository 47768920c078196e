import { module } from '../contract/module.ts';
import { platformContract } from './platform.contract.ts';

/** The platform's view of tenants. */
export const platform = module({
  name: 'platform',
  summary: 'Administration of the platform',
  contract: platformContract,
  needs: { database: 'app_platform', readsMetrics: true },
});
