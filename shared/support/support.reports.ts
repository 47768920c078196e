/** Who of support asked to act for members, and what came of it, as a file (EXP-1, IDN-11). */
import * as z from 'zod';
import { report } from '../contract/report.ts';

const text = { type: 'text', classification: 'internal' } as const;
const person = { type: 'id', of: 'user', classification: 'personal' } as const;
const time = { type: 'timestamp', classification: 'internal' } as const;

export const supportReports = {
  impersonations: report({
    id: 'support.impersonations',
    summary: 'Support acting for members: asked for, allowed, begun, ended, oldest first',
    parameters: z.object({}),
    columns: {
      created_at: { ...time, label: 'Asked' },
      id: { type: 'id', of: 'impersonation', label: 'Consent', classification: 'internal', printed: false },
      staff_name: { ...text, label: 'Support', classification: 'personal' },
      member_id: { ...person, label: 'Member' },
      reason: { ...text, label: 'Reason' },
      status: { ...text, label: 'Status' },
      decided_by: { ...person, label: 'Decided by' },
      decided_at: { ...time, label: 'Decided' },
      started_at: { ...time, label: 'Begun' },
      ends_at: { ...time, label: 'Until', printed: false },
      ended_at: { ...time, label: 'Ended' },
    },
    permission: 'support:read',
    capability: 'impersonation',
    order: ['created_at', 'id'],
    appendOnly: false,
    requirements: ['EXP-1', 'IDN-11'],
  }),
};
