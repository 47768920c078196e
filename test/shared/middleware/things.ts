/** A module that exists for tests only: one event, two jobs. */
import * as z from 'zod';
import { event } from '#shared/contract/event.ts';
import { job } from '#shared/contract/job.ts';
import { module } from '#shared/contract/module.ts';

const requirements = ['OPS-7'];

export const thingHappened = event({
  type: 'thingHappened',
  summary: 'A thing happened',
  data: z.object({ n: z.number(), text: z.string().optional() }),
  requirements,
});

export const thingsJobs = {
  work: job({ name: 'things.work', summary: 'Work', payload: z.object({ n: z.number() }), requirements }),
  carry: job({
    name: 'things.carry',
    summary: 'Carry',
    payload: z.object({ text: z.string() }),
    requirements,
  }),
};

/** A job of a module that has no queue. */
export const strayJob = job({
  name: 'nobody.work',
  summary: 'Work that nobody does',
  payload: z.object({ n: z.number() }),
  requirements,
});

export const things = module({
  name: 'things',
  summary: 'Things',
  contract: {},
  jobs: thingsJobs,
  events: { thingHappened },
  needs: { database: 'app_tenant' },
});
