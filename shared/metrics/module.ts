import { module } from '../contract/module.ts';
import { metricsContract } from './metrics.contract.ts';

/** How a tenant is served. */
export const metrics = module({
  name: 'metrics',
  summary: 'Metrics of a tenant',
  contract: metricsContract,
  needs: { database: 'app_tenant' },
});
