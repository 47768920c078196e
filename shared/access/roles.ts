/**
 * What each built-in role may do (ACC-2). The two planes never mix: a tenant role holds tenant permissions
 * only, a platform role platform permissions only (ACC-1).
 */
import {
  type Permission,
  type PlatformPermission,
  type TenantPermission,
  tenantPermissions,
} from '../contract/permissions.ts';
import type { PlatformRole, TenantRole } from '../contract/roles.ts';

/** The permissions that a built-in role holds. */
export function permissionsOf(role: TenantRole | PlatformRole): ReadonlySet<Permission> {
  return held[role];
}

/** What an API key may do: all that its role holds, or what of it the key was made for (IDN-8). */
export function permissionsOfKey({ role, scopes }: KeyRights): ReadonlySet<TenantPermission> {
  const ofRole = heldByKeys[role];
  return scopes === null ? ofRole : new Set(scopes.filter((scope) => ofRole.has(scope)));
}

/**
 * What support may do for a member of that role: never more than the member, and nothing that lasts longer than the
 * half hour or decides about access, security or money (IDN-11). What is not named here is refused.
 */
export function permissionsForSupport(role: TenantRole): ReadonlySet<TenantPermission> {
  return heldForMembers[role];
}

/** A key's role, and its scopes within it; null for all. */
export type KeyRights = { role: TenantRole; scopes: readonly TenantPermission[] | null };

/** Consent is given by a person, whom somebody can ask about it; and all that a tenant has is handed to one. */
const forPeopleOnly: ReadonlySet<TenantPermission> = new Set([
  ...(['support:approve', 'backups:download', 'restores:approve', 'restores:apply'] as const),
]);

const whileImpersonating: ReadonlySet<TenantPermission> = new Set([
  ...(['tenant:read', 'settings:read', 'members:read', 'audit:read', 'support:read'] as const),
  ...(['ai:use', 'ai:read'] as const),
]);

const viewer: readonly TenantPermission[] = ['tenant:read', 'members:read', 'settings:read'];
const auditor: readonly TenantPermission[] = [
  ...viewer,
  ...(['audit:read', 'support:read', 'ai:read', 'exports:read', 'exports:create'] as const),
  'metrics:read',
  ...(['backups:read', 'restores:read'] as const),
];
/** Works with what modules offer; administration is not among it. */
const operator: readonly TenantPermission[] = [...viewer, 'ai:use'];
const admin: readonly TenantPermission[] = [
  ...operator,
  'audit:read',
  'support:read',
  'support:approve',
  'tenant:update',
  'settings:write',
  'members:invite',
  'members:remove',
  'keys:read',
  'keys:write',
  'metrics:read',
  'backups:read',
  'backups:create',
  'restores:read',
  'restores:request',
  'restores:approve',
  'restores:apply',
  'exports:read',
  'exports:create',
  'exports:sensitive',
  'ai:read',
  'ai:transcripts',
  'ai:manage',
];
/** Everything inside the tenant; alone in changing roles (TEN-8). */
const owner = Object.keys(tenantPermissions) as TenantPermission[];

const support: readonly PlatformPermission[] = [
  'platform:tenants:read',
  'platform:settings:read',
  'platform:requests:read',
  'platform:dead_letters:read',
  'platform:impersonate',
];
const platformAdmin: readonly PlatformPermission[] = [
  ...support,
  'platform:users:read',
  'platform:tenants:suspend',
  'platform:tenants:configure',
  'platform:settings:write',
  'platform:audit:read',
  'platform:security:read',
  'platform:dead_letters:decide',
  'platform:ai:read',
  'platform:drills:read',
  'platform:drills:run',
  'platform:fleet:read',
];

const heldInTenant: Readonly<Record<TenantRole, ReadonlySet<TenantPermission>>> = {
  owner: new Set(owner),
  admin: new Set(admin),
  operator: new Set(operator),
  auditor: new Set(auditor),
  viewer: new Set(viewer),
};

const heldByKeys = withoutSome((permission) => forPeopleOnly.has(permission));
const heldForMembers = withoutSome((permission) => !whileImpersonating.has(permission));

/** The same for each role, but for some permissions. */
function withoutSome(isLeftOut: (permission: TenantPermission) => boolean): typeof heldInTenant {
  const rest = (role: TenantRole) => new Set([...heldInTenant[role]].filter((held) => !isLeftOut(held)));
  return {
    owner: rest('owner'),
    admin: rest('admin'),
    operator: rest('operator'),
    auditor: rest('auditor'),
    viewer: rest('viewer'),
  };
}

const held: Readonly<Record<TenantRole | PlatformRole, ReadonlySet<Permission>>> = {
  ...heldInTenant,
  'platform-admin': new Set(platformAdmin),
  'platform-support': new Set(support),
};
