/** How a tenant is served, as its administrators see it (OPS-1): requests, jobs, workflows, and what waits. */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';

/** What can be looked at, and how many minutes one point of it is. */
export const spans = {
  '1h': { minutes: 60, step: 5 },
  '24h': { minutes: 1_440, step: 60 },
  '7d': { minutes: 10_080, step: 360 },
} as const;

const spanNames = Object.keys(spans) as [keyof typeof spans, ...(keyof typeof spans)[]];

const percent = z.number().min(0).max(100).nullable().describe('Null where there is nothing to share');
const p95Ms = z.int().nullable().describe('From counts up to fixed limits: near it, not it');

const requests = {
  calls: z.int(),
  failed: z.int().describe('Answered with 5xx'),
  throttled: z.int().describe('Answered with 429'),
  p95Ms,
};
const jobs = { attempts: z.int(), failed: z.int(), p95Ms };
const at = z.iso.datetime().describe('Its beginning');

export const metricsContract = {
  get: endpoint({
    plane: 'tenant',
    method: 'GET',
    path: '/v1/metrics',
    // Not metered: how the service does is no use of it.
    summary:
      'How the tenant was served in the last hour, day or week; a minute behind, and not counted as a call',
    query: z.object({ span: z.enum(spanNames).default('24h') }),
    output: z
      .object({
        from: z.iso.datetime(),
        to: z.iso.datetime(),
        stepMinutes: z.int(),
        requests: z.object({
          ...requests,
          errorPercent: percent,
          points: z.array(z.object({ at, ...requests })).describe('Every step, also empty ones'),
        }),
        jobs: z.object({
          ...jobs,
          successPercent: percent.describe('Of attempts; a failed one is tried again'),
          points: z.array(z.object({ at, ...jobs })),
        }),
        workflows: z
          .object({ done: z.int(), failed: z.int(), successPercent: percent })
          .describe('Exports, backups and restores'),
        waiting: z
          .object({ messages: z.int(), since: z.iso.datetime().nullable() })
          .describe('Events and jobs that are not sent yet'),
      })
      .meta({ id: 'Metrics' }),
    rate: 'standard',
    capability: 'analytics',
    permission: 'metrics:read',
    requirements: ['OPS-1'],
  }),
};
