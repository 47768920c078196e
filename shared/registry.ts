/** All modules, one line each (ARC-1). A module that is not listed here has no route, no function and no document. */
import { ai } from './ai/module.ts';
import { audit } from './audit/module.ts';
import { backups } from './backups/module.ts';
import { drills } from './drills/module.ts';
import { exports } from './exports/module.ts';
import { failover } from './failover/module.ts';
import { health } from './health/module.ts';
import { identity } from './identity/module.ts';
import { investigation } from './investigation/module.ts';
import { keys } from './keys/module.ts';
import { members } from './members/module.ts';
import { metrics } from './metrics/module.ts';
import { platform } from './platform/module.ts';
import { restore } from './restore/module.ts';
import { sessions } from './sessions/module.ts';
import { settings } from './settings/module.ts';
import { support } from './support/module.ts';
import { supportdesk } from './supportdesk/module.ts';
import { tenancy } from './tenancy/module.ts';
import { usage } from './usage/module.ts';
import { verification } from './verification/module.ts';

export const registry = {
  health,
  identity,
  sessions,
  tenancy,
  settings,
  usage,
  metrics,
  members,
  keys,
  audit,
  exports,
  backups,
  restore,
  drills,
  failover,
  platform,
  investigation,
  verification,
  support,
  supportdesk,
  ai,
};
