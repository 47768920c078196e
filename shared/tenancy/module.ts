import { module } from '../contract/module.ts';
import { tenancyContract } from './tenancy.contract.ts';
import { tenancyEvents } from './tenancy.events.ts';

/** Tenants, as their members see them. */
export const tenancy = module({
  name: 'tenancy',
  summary: 'Tenants',
  contract: tenancyContract,
  events: tenancyEvents,
  needs: { database: 'app_tenant', linkSecret: true },
});
