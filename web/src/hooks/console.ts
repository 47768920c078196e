/** What every page can ask for: the deployment, who is signed in, and what they may do for the platform. */
import { createContext, use } from 'react';
import { permissionsOf } from '#shared/access/roles.ts';
import type { PlatformPermission } from '#shared/contract/permissions.ts';
import type { PlatformRole } from '#shared/contract/roles.ts';
import type { Api, Thing } from '../api/client.ts';
import type { ConsoleConfig } from '../config.ts';
import type { Session } from '../session/session.ts';

export type Console = {
  config: ConsoleConfig;
  session: Session;
  /** Calls about the person, and those of the platform's staff. */
  api: Api;
  profile: Thing<'Profile'>;
  memberships: readonly Thing<'Membership'>[];
  staffRoles: readonly PlatformRole[];
};

export const ConsoleContext = createContext<Console | undefined>(undefined);

/** Inside everything that is shown to somebody signed in. */
export function useConsole(): Console {
  const found = use(ConsoleContext);
  if (found === undefined) throw new Error('Nobody is signed in here.');
  return found;
}

/** Whether the caller's roles among the staff hold a permission. */
export function mayForPlatform(roles: readonly PlatformRole[], permission: PlatformPermission): boolean {
  return roles.some((role) => permissionsOf(role).has(permission));
}

/** The staff roles in an access token; the service judges by the token itself, this only chooses what is shown. */
export function staffRolesIn(accessToken: string): PlatformRole[] {
  const payload = accessToken.split('.')[1] ?? '';
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as {
    'cognito:groups'?: string[];
  };
  const groups = claims['cognito:groups'] ?? [];
  return groups.filter(
    (name): name is PlatformRole => name === 'platform-admin' || name === 'platform-support',
  );
}
