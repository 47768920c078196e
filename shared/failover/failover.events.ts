/** What a failover leaves for later: every tenant's owners are told. */
import * as z from 'zod';
import { idSchema } from '../contract/ids.ts';
import { job } from '../contract/job.ts';

export const failoverJobs = {
  tellOwners: job({
    name: 'failover.tell_owners',
    summary: 'Tells a tenant’s owners that another region goes on, and what may be missing',
    payload: z.object({
      failoverId: idSchema('failover'),
      fromRegion: z.string(),
      toRegion: z.string(),
      lostSince: z.iso.datetime(),
      rpoMs: z.number().nullable().describe('How much may be missing; null where nobody knows'),
    }),
    requirements: ['BKP-4'],
  }),
};
