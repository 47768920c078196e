/** What can be had of the audit trail and of security events as a file (EXP-1, AUD-3). */
import * as z from 'zod';
import { actorIdSchema } from '../contract/actor.ts';
import { idSchema } from '../contract/ids.ts';
import { report } from '../contract/report.ts';

const period = {
  from: z.iso.datetime({ offset: true }).optional().describe('Not before'),
  to: z.iso.datetime({ offset: true }).optional().describe('Before'),
};

const when = { type: 'timestamp', label: 'Time', classification: 'internal' } as const;
const place = {
  ip: { type: 'text', label: 'Address', classification: 'personal' },
  user_agent: { type: 'text', label: 'Program', classification: 'personal', printed: false },
  request_id: { type: 'text', label: 'Request', classification: 'internal', printed: false },
} as const;

export const auditReports = {
  events: report({
    id: 'audit.events',
    summary: 'The audit trail, oldest first',
    parameters: z.object({
      ...period,
      action: z.string().max(100).optional().describe('Exact action, e.g. member.removed'),
      actorId: actorIdSchema.optional(),
      impersonationId: idSchema('impersonation').optional().describe('What support did under one consent'),
      targetId: z.string().max(200).optional(),
    }),
    columns: {
      occurred_at: when,
      id: { type: 'id', of: 'auditEvent', label: 'Event', classification: 'internal', printed: false },
      action: { type: 'text', label: 'Action', classification: 'internal' },
      plane: { type: 'text', label: 'Plane', classification: 'internal', printed: false },
      actor: { type: 'text', label: 'Actor', classification: 'personal' },
      on_behalf_of: { type: 'id', of: 'user', label: 'For', classification: 'personal' },
      impersonation_id: {
        ...{ type: 'id', of: 'impersonation', label: 'Consent', printed: false },
        classification: 'internal',
      },
      target_type: { type: 'text', label: 'Kind', classification: 'internal' },
      target_id: { type: 'text', label: 'Target', classification: 'internal' },
      reason: { type: 'text', label: 'Reason', classification: 'internal' },
      ...place,
      before: { type: 'json', label: 'Before', classification: 'personal', printed: false },
      after: { type: 'json', label: 'After', classification: 'personal', printed: false },
    },
    permission: 'audit:read',
    capability: 'audit',
    order: ['occurred_at', 'id'],
    appendOnly: true,
    requirements: ['EXP-1', 'AUD-1', 'AUD-3'],
  }),
  securityEvents: report({
    id: 'audit.security_events',
    summary: 'Security events: breached limits, refusals, attempts across tenants, oldest first',
    parameters: z.object({
      ...period,
      type: z.string().max(100).optional(),
      userId: idSchema('user').optional(),
    }),
    columns: {
      occurred_at: when,
      id: { type: 'id', of: 'securityEvent', label: 'Event', classification: 'internal', printed: false },
      type: { type: 'text', label: 'Type', classification: 'internal' },
      subject: { type: 'text', label: 'Subject', classification: 'internal' },
      user_id: { type: 'id', of: 'user', label: 'User', classification: 'personal' },
      ...place,
      detail: { type: 'json', label: 'Detail', classification: 'internal' },
    },
    permission: 'audit:read',
    capability: 'audit',
    order: ['occurred_at', 'id'],
    appendOnly: true,
    requirements: ['EXP-1', 'AUD-3'],
  }),
};
