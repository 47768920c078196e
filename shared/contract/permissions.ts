/**
 * The permission catalogue (ACC-1): owned by the platform, immutable within a version. Tenants compose roles
 * from tenant permissions; platform permissions belong to the other plane and can never be held by a tenant
 * role.
 */

/** Version of the catalogue; raised whenever a permission is added. Permissions are never removed or renamed. */
export const catalogueVersion = 3;

/** What a tenant's members may do inside their tenant. */
export const tenantPermissions = {
  'tenant:read': 'See the tenant and its settings',
  'tenant:update': 'Change the tenant’s name and domain',
  'settings:read': 'See the tenant’s run-time settings',
  'settings:write': 'Change the tenant’s run-time settings and kill switches',
  'members:read': 'See members and invitations',
  'members:invite': 'Invite people and withdraw invitations',
  'members:remove': 'Remove members',
  'members:change_role': 'Change a member’s role',
  'keys:read': 'See and verify API keys',
  'keys:write': 'Make, change, rotate and revoke API keys',
  'audit:read': 'Read the audit trail',
  'support:read': 'See who of support asks to act, and acts, for members',
  'support:approve': 'Let support act for a member, and end it; for people only, no key holds it',
  'metrics:read': 'See how the tenant is served: latency, errors, jobs',
  'backups:read': 'See backups and what they hold',
  'backups:create': 'Take a backup now',
  'backups:download': 'Have a backup as a file, with the key that opens it; for people only, no key holds it',
  'restores:read': 'See restores and what they would change',
  'restores:request': 'Ask for a restore and let go of it',
  'restores:approve': 'Agree to a restore that somebody else asked for; for people only, no key holds it',
  'restores:apply': 'Apply a restore that was agreed to; for people only, no key holds it',
  'exports:read': 'See exports and fetch their files',
  'exports:create': 'Ask for exports and cancel them',
  'exports:sensitive': 'Have reports that hold what is secret or of use to an attacker',
  'ai:use': 'Use prompts, and choose how models write for oneself',
  'ai:read': 'See what AI costs and its budgets',
  'ai:transcripts': 'Read and delete the prompts and answers that the tenant keeps',
  'ai:manage': 'Change prompts, budgets and how models write for the tenant',
} as const;

/** What the platform's own staff may do across tenants. */
export const platformPermissions = {
  'platform:tenants:read': 'See all tenants',
  'platform:users:read': 'Find people by address or name, and the tenants they belong to',
  'platform:tenants:suspend': 'Suspend and resume tenants',
  'platform:tenants:configure': 'Change a tenant’s plan and what it has beyond it',
  'platform:settings:read': 'See what holds for every tenant',
  'platform:settings:write': 'Change what holds for every tenant: kill switches, capabilities, flags',
  'platform:audit:read': 'Read the platform’s own audit trail',
  'platform:security:read': 'See security events of all tenants',
  'platform:requests:read': 'Find what was kept of a request, by its id',
  'platform:dead_letters:read': 'See messages that failed too often, and not what they say',
  'platform:dead_letters:decide': 'Send such messages again, or give them up',
  'platform:ai:read': 'See what AI costs and brings in, by tenant',
  'platform:drills:read': 'See rehearsed restores',
  'platform:drills:run': 'Rehearse a restore now',
  'platform:fleet:read': 'See figures of the whole fleet',
  'platform:impersonate': 'Act for a member whose tenant allows it',
} as const;

export type TenantPermission = keyof typeof tenantPermissions;
export type PlatformPermission = keyof typeof platformPermissions;
export type Permission = TenantPermission | PlatformPermission;
