/** API keys of a tenant, as a file: what each may do, and from where; never the key or its hash (EXP-1, IDN-8). */
import * as z from 'zod';
import { keyEnvironments } from '../contract/actor.ts';
import { report } from '../contract/report.ts';

const time = { type: 'timestamp', classification: 'internal' } as const;

export const keysReports = {
  keys: report({
    id: 'keys.keys',
    summary: 'API keys, those that have ended included, in the order in which they were made',
    parameters: z.object({ environment: z.enum(keyEnvironments).optional() }),
    columns: {
      created_at: { ...time, label: 'Made' },
      id: { type: 'id', of: 'apiKey', label: 'Key', classification: 'internal' },
      name: { type: 'text', label: 'Name', classification: 'internal' },
      environment: { type: 'text', label: 'For', classification: 'internal' },
      role: { type: 'text', label: 'Role', classification: 'internal' },
      scopes: { type: 'json', label: 'Scopes', classification: 'internal', printed: false },
      // How a key begins, and where it works from, is of use to whoever has found one.
      prefix: { type: 'text', label: 'Begins', classification: 'sensitive' },
      allowed_addresses: { type: 'json', label: 'From', classification: 'sensitive', printed: false },
      status: { type: 'text', label: 'Status', classification: 'internal' },
      created_by: { type: 'text', label: 'Made by', classification: 'personal' },
      expires_at: { ...time, label: 'Expires' },
      revoked_at: { ...time, label: 'Revoked' },
      last_used_at: { ...time, label: 'Last used' },
      replaces: { type: 'id', of: 'apiKey', label: 'Replaces', classification: 'internal', printed: false },
    },
    permission: 'keys:read',
    capability: 'keys',
    sensitive: true,
    order: ['created_at', 'id'],
    appendOnly: false,
    requirements: ['EXP-1', 'EXP-2', 'IDN-8'],
  }),
};
