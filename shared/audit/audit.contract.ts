/**
 * The audit trail of a tenant (AUD-1), and whether it is as it was written. Rows are written by the chain of the
 * request, in the operation's transaction, and sealed into a chain of their own a moment later.
 */
import * as z from 'zod';
import { actorIdSchema } from '../contract/actor.ts';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { requestsContract } from './requests.contract.ts';
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

/** What can be found wrong with a trail; docs/audit.md says what each of them means. */
export const findingKinds = ['changed', 'erased', 'missing', 'unlinked', 'broken', 'rewritten'] as const;

const verificationSchema = z
  .object({
    verified: z.boolean().describe('Nothing was found wrong on this page'),
    from: z.int().describe('The first link that this page looked at'),
    to: z.int().describe('The last one; less than `from` where there was none'),
    head: z
      .object({ sequence: z.int(), hash: z.string(), sealedAt: z.iso.datetime() })
      .nullable()
      .describe('Where the chain ends now; keep it elsewhere, and ask for it later'),
    unsealed: z.int().describe('Rows that wait to be sealed, which takes a minute'),
    findings: z
      .array(
        z.object({
          kind: z.enum(findingKinds),
          sequence: z.int().nullable(),
          eventId: idSchema('auditEvent').nullable(),
        }),
      )
      .describe('At most 100'),
    archived: z
      .object({ sequence: z.int(), at: z.iso.datetime() })
      .nullable()
      .describe('How far the chain stands in the archive, where nobody can change it'),
    lastCheck: z
      .object({ at: z.iso.datetime(), sequence: z.int(), findings: z.int() })
      .nullable()
      .describe('The last check of the whole chain, against the archive as well, which is made every day'),
    nextCursor: z.string().nullable().describe('Absent when the whole chain was looked at'),
  })
  .meta({ id: 'AuditVerification' });

export type AuditVerification = z.output<typeof verificationSchema>;

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
  verify: endpoint({
    plane: 'tenant',
    method: 'GET',
    path: '/v1/audit/verify',
    summary: 'Whether the audit trail is as it was written: its rows and the chain over them, page by page',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(10_000).default(5_000).describe('Links a page'),
      cursor: z.string().max(500).optional().describe('nextCursor of the page before'),
    }),
    output: verificationSchema,
    rate: 'heavy',
    meter: 'api_calls',
    capability: 'audit',
    permission: 'audit:read',
    requirements: ['AUD-1', 'AUD-4'],
  }),
  ...securityEventsContract,
  ...requestsContract,
};
