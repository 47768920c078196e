/** Everything that was kept of one request, found by the id that its answer carried (AUD-3, OPS-1). */
import * as z from 'zod';
import { actorIdSchema } from '../contract/actor.ts';
import { endpoint } from '../contract/endpoint.ts';

/** As answers carry it, in `x-request-id` and in the `instance` of a problem. */
export const requestIdSchema = z
  .string()
  .max(100)
  .regex(/^[\w-]+$/, 'must be the id of a request')
  .meta({ example: '0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11' });

const traceKinds = [
  ...(['audit', 'security_event', 'ai_call', 'idempotency_key'] as const),
  ...(['work', 'dead_letter', 'message'] as const),
] as const;

/** The most that is shown of one request; what it set going is among it. */
export const mostTraces = 200;

export const requestTraceSchema = z
  .object({
    at: z.iso.datetime(),
    kind: z
      .enum(traceKinds)
      .describe('work: an export, a backup, a restore or a drill that it asked for; message: not sent yet'),
    id: z.string().nullable(),
    what: z.string().nullable().describe('The action, type, feature or job'),
    by: z.object({ type: z.string(), id: actorIdSchema }).nullable(),
    about: z.string().nullable().describe('What it was done to, or with'),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'RequestTrace' });

export type RequestTrace = z.output<typeof requestTraceSchema>;

export const requestsContract = {
  request: endpoint({
    plane: 'tenant',
    method: 'GET',
    path: '/v1/requests/{requestId}',
    summary: 'What was kept in this tenant of one request, in order: ids and facts',
    params: { requestId: requestIdSchema },
    output: z.object({ items: z.array(requestTraceSchema) }),
    rate: 'standard',
    meter: 'api_calls',
    capability: 'audit',
    permission: 'audit:read',
    requirements: ['AUD-3', 'OPS-1'],
  }),
};
