/** The audit trail of a tenant (AUD-1). Rows are written by the chain, in the operation's transaction. */
import * as z from 'zod';
import { actorIdSchema } from '../contract/actor.ts';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { securityEventsContract } from './security-events.contract.ts';

const auditEventSchema = z
  .object({
    id: idSchema('auditEvent'),
    occurredAt: z.iso.datetime(),
    action: z.string(),
    actor: z.object({
      plane: z.enum(['user', 'tenant', 'platform', 'system']),
      type: z.enum(['person', 'api_key', 'system']),
      id: actorIdSchema.nullable().describe('Absent where a system job acted'),
      onBehalfOf: idSchema('user')
        .nullable()
        .describe('The member for whom it was done, where support did it'),
      impersonationId: idSchema('impersonation').nullable().describe('Under which consent'),
    }),
    target: z.object({ type: z.string(), id: z.string() }).nullable(),
    context: z.object({ ip: z.string().nullable(), userAgent: z.string().nullable(), requestId: z.string() }),
    reason: z.string().nullable(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'AuditEvent' });

export type AuditEvent = z.output<typeof auditEventSchema>;

export const auditContract = {
  list: endpoint({
    plane: 'tenant',
    method: 'GET',
    path: '/v1/audit-events',
    summary: 'The tenant’s audit trail, newest first',
    query: pageQuery.extend({
      action: z.string().max(100).optional().describe('Exact action, e.g. member.removed'),
      actorId: actorIdSchema.optional(),
      impersonationId: idSchema('impersonation').optional().describe('What support did under one consent'),
      targetId: z.string().max(200).optional(),
      from: z.iso.datetime({ offset: true }).optional().describe('Not before'),
      to: z.iso.datetime({ offset: true }).optional().describe('Before'),
    }),
    output: pageOf(auditEventSchema),
    rate: 'standard',
    meter: 'api_calls',
    capability: 'audit',
    permission: 'audit:read',
    requirements: ['AUD-1', 'AUD-3', 'IDN-11'],
  }),
  ...securityEventsContract,
};
