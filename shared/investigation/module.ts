import { module } from '../contract/module.ts';
import { deadLettersContract } from './dead-letters.contract.ts';
import { eventsContract } from './events.contract.ts';
import { requestsContract } from './requests.contract.ts';

/** What the platform's staff look into when something is wrong. */
export const investigation = module({
  name: 'investigation',
  summary: 'Looking into what went wrong',
  contract: { ...eventsContract, ...deadLettersContract, ...requestsContract },
  needs: { database: 'app_platform' },
});
