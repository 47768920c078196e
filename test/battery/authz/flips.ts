/** Expected tables that are wrong in one place: a role that holds one permission more, or one less. */
import { permissionsOf } from '#shared/access/roles.ts';
import { type Permission, platformPermissions, tenantPermissions } from '#shared/contract/permissions.ts';
import { platformRoleNames, roleNames } from '#shared/contract/roles.ts';
import type { Held } from './table.ts';

export type Flip = { name: string; held: Held };

/** One for each role and each permission of its plane. */
export function flips(): Flip[] {
  return [
    ...roleNames.flatMap((role) =>
      Object.keys(tenantPermissions).map((permission) => flip(role, permission)),
    ),
    ...platformRoleNames.flatMap((role) =>
      Object.keys(platformPermissions).map((permission) => flip(role, permission)),
    ),
  ];
}

function flip(role: Parameters<Held>[0], name: string): Flip {
  const permission = name as Permission;
  const held = permissionsOf(role);
  const others = [...held].filter((one) => one !== permission);
  const flipped = new Set(held.has(permission) ? others : [...others, permission]);
  return {
    name: `${role} ${held.has(permission) ? 'without' : 'with'} ${permission}`,
    held: (asked) => (asked === role ? flipped : permissionsOf(asked)),
  };
}
