/** Expected tables that are wrong in one place: a role that holds one permission more, or one less. */
import {
  type Permission,
  platformPermissions,
  type TenantPermission,
  tenantPermissions,
} from '#shared/contract/permissions.ts';
import { sensitiveReports } from '#shared/contract/report.ts';
import { platformRoleNames, roleNames } from '#shared/contract/roles.ts';
import { actedFor } from './principals.ts';
import { declared, type Held } from './table.ts';

export type Flip = { name: string; held: Held };

/** Those that endpoints require; the other one is asked for by what a report holds, which test/local/exports proves. */
export const requiredPermissions = (Object.keys(tenantPermissions) as TenantPermission[]).filter(
  (permission) => permission !== sensitiveReports.permission,
);

/** One for each role and each permission of its plane. */
export function flips(): Flip[] {
  return [
    ...roleNames.flatMap((role) => requiredPermissions.map((permission) => flip(role, permission))),
    ...actedFor.flatMap((role) => requiredPermissions.map((permission) => flip(role, permission, true))),
    ...platformRoleNames.flatMap((role) =>
      Object.keys(platformPermissions).map((permission) => flip(role, permission)),
    ),
  ];
}

function flip(role: Parameters<Held>[0], name: string, acting = false): Flip {
  const permission = name as Permission;
  const held = declared(role, acting);
  const others = [...held].filter((one) => one !== permission);
  const flipped = new Set(held.has(permission) ? others : [...others, permission]);
  const who = acting ? `support acting for ${role}` : role;
  return {
    name: `${who} ${held.has(permission) ? 'without' : 'with'} ${permission}`,
    held: (asked, isActing = false) =>
      asked === role && isActing === acting ? flipped : declared(asked, isActing),
  };
}
