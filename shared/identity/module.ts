import { module } from '../contract/module.ts';
import { identityContract } from './identity.contract.ts';

/** The signed-in person. */
export const identity = module({
  name: 'identity',
  summary: 'Profile and memberships',
  contract: identityContract,
  needs: { database: 'app_tenant' },
});
