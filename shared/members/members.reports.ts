/** Who belongs to a tenant, as a file (EXP-1). */
import * as z from 'zod';
import { report } from '../contract/report.ts';
import { roleNames } from '../contract/roles.ts';

export const membersReports = {
  members: report({
    id: 'members.members',
    summary: 'The members and their roles, in the order in which they joined',
    parameters: z.object({ role: z.enum(roleNames).optional() }),
    columns: {
      joined_at: { type: 'timestamp', label: 'Joined', classification: 'internal' },
      user_id: { type: 'id', of: 'user', label: 'Member', classification: 'personal' },
      name: { type: 'text', label: 'Name', classification: 'personal' },
      email: { type: 'text', label: 'E-mail', classification: 'personal' },
      role: { type: 'text', label: 'Role', classification: 'internal' },
    },
    permission: 'members:read',
    capability: 'members',
    order: ['joined_at', 'user_id'],
    appendOnly: false,
    requirements: ['EXP-1', 'TEN-8'],
  }),
};
