/** A module that exists for tests only: one event, two jobs. */
import * as z from 'zod';
import { event } from '#shared/contract/event.ts';
import { job } from '#shared/contract/job.ts';
import { module } from '#shared/contract/module.ts';
import { workflow } from '#shared/contract/workflow.ts';

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

/** Work that goes on beyond one invocation. */
export const thingsWorkflows = {
  run: workflow({
    name: 'things.run',
    summary: 'Runs',
    input: z.object({ n: z.int() }),
    steps: {
      first: { timeoutSeconds: 5 },
      wait: { timeoutSeconds: 5, repeats: true, anyway: true },
    },
    failed: { timeoutSeconds: 5 },
    capability: 'exports',
    requirements: ['EXP-1'],
  }),
};

/** The module of the workflow. */
export const flowing = module({
  name: 'things',
  summary: 'Things',
  contract: {},
  workflows: thingsWorkflows,
  needs: { steps: { publish: true } },
});
