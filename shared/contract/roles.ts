/** Names of the built-in roles (ACC-2), most powerful first. What each may do stands in the access floor. */

/** Roles inside a tenant. */
export const roleNames = ['owner', 'admin', 'operator', 'auditor', 'viewer'] as const;

export type TenantRole = (typeof roleNames)[number];

/** Roles of the platform's own staff; they are groups of the user pool. */
export const platformRoleNames = ['platform-admin', 'platform-support'] as const;

export type PlatformRole = (typeof platformRoleNames)[number];
