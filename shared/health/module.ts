import { module } from '../contract/module.ts';
import { healthContract } from './health.contract.ts';

/** Health of the deployment. */
export const health = module({
  name: 'health',
  summary: 'Health',
  contract: healthContract,
  needs: { database: 'app_tenant', readsGate: true },
});
