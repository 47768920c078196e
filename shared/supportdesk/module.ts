import { module } from '../contract/module.ts';
import { supportdeskContract } from './supportdesk.contract.ts';

/** What support asks for, and begins. */
export const supportdesk = module({
  name: 'supportdesk',
  summary: 'Support acting for members',
  contract: supportdeskContract,
  needs: { database: 'app_platform' },
});
