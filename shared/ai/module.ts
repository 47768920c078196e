import { module } from '../contract/module.ts';
import { aiEvents, aiJobs } from './ai.events.ts';
import { callsContract } from './calls.contract.ts';
import { choicesContract } from './choices.contract.ts';
import { dailyAlertContract } from './daily-alert.contract.ts';
import { promptsContract } from './prompts.contract.ts';
import { routesContract } from './routes.contract.ts';
import { spendingContract } from './spending.contract.ts';
import { transcriptsContract } from './transcripts.contract.ts';
import { aiReports } from './ai.reports.ts';

/** Governed AI: calls to models, what they cost, and how they are asked. */
export const ai = module({
  name: 'ai',
  summary: 'Governed AI',
  contract: {
    ...promptsContract,
    ...spendingContract,
    ...routesContract,
    ...choicesContract,
    ...callsContract,
    ...dailyAlertContract,
    ...transcriptsContract,
  },
  events: aiEvents,
  jobs: aiJobs,
  reports: aiReports,
  // The account of a call, or the sweep, writes events and jobs; they leave with the next run of the outbox.
  needs: {
    ...{ database: 'app_tenant', email: true, models: true, publishedByOthers: true },
    workersCountMessages: true,
  },
});
