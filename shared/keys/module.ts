import { module } from '../contract/module.ts';
import { keysContract } from './keys.contract.ts';

/** API keys. */
export const keys = module({
  name: 'keys',
  summary: 'API keys',
  contract: keysContract,
  needs: { database: 'app_tenant' },
});
