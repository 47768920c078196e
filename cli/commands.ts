/** All commands, in the order of the help. */
import type { Group } from './command.ts';
import { addAi } from './commands/ai.ts';
import { addAudit } from './commands/audit.ts';
import { addBackups } from './commands/backups.ts';
import { addDeadLetters } from './commands/dead-letters.ts';
import { addExport } from './commands/export.ts';
import { addKeys } from './commands/keys.ts';
import { addKillSwitch } from './commands/kill-switch.ts';
import { addMembers } from './commands/members.ts';
import { addRequest } from './commands/request.ts';
import { addRestore } from './commands/restore.ts';
import { addSession } from './commands/session.ts';
import { addTenants } from './commands/tenants.ts';
import { addUsage } from './commands/usage.ts';

export const groups: readonly Group[] = [
  addSession,
  addTenants,
  addMembers,
  addKeys,
  addUsage,
  addAudit,
  addAi,
  addExport,
  addBackups,
  addRestore,
  addRequest,
  addDeadLetters,
  addKillSwitch,
];
