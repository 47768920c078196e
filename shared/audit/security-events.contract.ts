/** What security must know of a tenant: refusals, breached limits, attempts across tenants (AUD-3). */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { securityEventTypes } from '../contract/security-event.ts';

const securityEventSchema = z
  .object({
    id: idSchema('securityEvent'),
    occurredAt: z.iso.datetime(),
    type: z.string(),
    subject: z.string().describe('What it happened to: a limit, a permission, an id'),
    userId: idSchema('user').nullable().describe('Who caused it, where that is known'),
    detail: z.record(z.string(), z.unknown()),
    context: z.object({ ip: z.string().nullable(), userAgent: z.string().nullable(), requestId: z.string() }),
  })
  .meta({ id: 'SecurityEvent' });

export type ShownSecurityEvent = z.output<typeof securityEventSchema>;

/** Of all tenants, and of none: whose the event is, and no address of a tenant’s people. */
export const anyonesSecurityEventSchema = securityEventSchema
  .extend({
    tenantId: idSchema('tenant').nullable().describe('Absent where it is for the platform alone'),
    context: securityEventSchema.shape.context.describe(
      'Address and program are shown of what is for the platform alone; a tenant’s are its own',
    ),
  })
  .meta({ id: 'AnyonesSecurityEvent' });

export type AnyonesSecurityEvent = z.output<typeof anyonesSecurityEventSchema>;

/** What the lists are filtered by. */
export const securityEventFilter = pageQuery.extend({
  type: z.enum(securityEventTypes).optional(),
  subject: z.string().max(200).optional().describe('Exactly'),
  userId: idSchema('user').optional(),
  from: z.iso.datetime({ offset: true }).optional().describe('Not before'),
  to: z.iso.datetime({ offset: true }).optional().describe('Before'),
});

export const securityEventsContract = {
  securityEvents: endpoint({
    plane: 'tenant',
    method: 'GET',
    path: '/v1/security-events',
    summary: 'Security events of the tenant, newest first',
    query: securityEventFilter,
    output: pageOf(securityEventSchema),
    rate: 'standard',
    meter: 'api_calls',
    capability: 'audit',
    permission: 'audit:read',
    requirements: ['AUD-3', 'TEN-11'],
  }),
};
