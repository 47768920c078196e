/** Whether this deployment and what it depends on work (OPS-3). */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';
import { problem } from '../contract/errors.ts';

export const unhealthy = problem('health.unhealthy', 503, 'A part of the service is not available.');

export const healthContract = {
  check: endpoint({
    plane: 'public',
    method: 'GET',
    path: '/v1/health',
    summary: 'Health of the deployment and of what it depends on',
    output: z.object({
      status: z.literal('ok'),
      checks: z.record(z.string(), z.enum(['ok', 'failed'])),
    }),
    rate: 'public',
    capability: 'health',
    errors: [unhealthy],
    requirements: ['OPS-3'],
  }),
};
