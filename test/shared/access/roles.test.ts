/** What the built-in roles may do. */
import { describe, expect, test } from '@jest/globals';
import { permissionsForSupport, permissionsOf, permissionsOfKey } from '#shared/access/roles.ts';
import { type Permission, platformPermissions, tenantPermissions } from '#shared/contract/permissions.ts';
import { platformRoleNames, roleNames } from '#shared/contract/roles.ts';

const allTenant = Object.keys(tenantPermissions) as Permission[];
const allPlatform = Object.keys(platformPermissions) as Permission[];
const heldBy = (permission: Permission) =>
  [...roleNames, ...platformRoleNames].filter((role) => permissionsOf(role).has(permission));

describe('built-in roles', () => {
  test.each([...allTenant, ...allPlatform])('[ACC-1] %s is held by some role', (permission) => {
    expect(heldBy(permission)).not.toEqual([]);
  });

  test.each(roleNames)('[ACC-1] the tenant role %s holds no permission of the platform', (role) => {
    expect(allPlatform.filter((permission) => permissionsOf(role).has(permission))).toEqual([]);
  });

  test.each(platformRoleNames)('[ACC-1] the platform role %s holds no permission of a tenant', (role) => {
    expect(allTenant.filter((permission) => permissionsOf(role).has(permission))).toEqual([]);
  });

  test.each([
    ['owner', 'admin'],
    ['admin', 'operator'],
    ['operator', 'viewer'],
    ['admin', 'auditor'],
    ['auditor', 'viewer'],
    ['platform-admin', 'platform-support'],
  ] as const)('[ACC-2] %s may do all that %s may', (more, less) => {
    expect([...permissionsOf(less)].filter((permission) => !permissionsOf(more).has(permission))).toEqual([]);
  });

  test('[ACC-2] an owner may do everything inside the tenant', () => {
    expect([...permissionsOf('owner')].sort()).toEqual([...allTenant].sort());
  });

  test('[ACC-2] a viewer sees the tenant and its members, and changes nothing', () => {
    const held = [...permissionsOf('viewer')];
    expect(held).toEqual(expect.arrayContaining(['members:read', 'tenant:read']));
    expect(held.filter((permission) => !permission.endsWith(':read'))).toEqual([]);
  });

  test('[TEN-8] changing roles is the owner’s alone; inviting and removing take an admin', () => {
    expect(heldBy('members:change_role')).toEqual(['owner']);
    expect(heldBy('members:remove')).toEqual(['owner', 'admin']);
    expect(heldBy('members:invite')).toEqual(['owner', 'admin']);
  });

  test('[AUD-1] the trail is for those who answer for the tenant, and its auditors', () => {
    expect(heldBy('audit:read')).toEqual(['owner', 'admin', 'auditor']);
  });

  test('[ACC-2] support sees tenants and cannot suspend them', () => {
    expect(heldBy('platform:tenants:read')).toEqual(['platform-admin', 'platform-support']);
    expect(heldBy('platform:tenants:suspend')).toEqual(['platform-admin']);
  });

  test('[ACC-2] [UI-2] support does not look for people: a member tells it who they are', () => {
    expect(heldBy('platform:users:read')).toEqual(['platform-admin']);
  });

  test.each(roleNames)(
    '[IDN-11] acting for %s, support may never do more, and nothing that lasts',
    (role) => {
      const may = [...permissionsForSupport(role)];
      expect(may.filter((permission) => !permissionsOf(role).has(permission))).toEqual([]);
      // Whatever is not read is money that the tenant has set aside for its people's use.
      expect(may.filter((permission) => !permission.endsWith(':read') && permission !== 'ai:use')).toEqual(
        [],
      );
      expect(may).not.toContain('keys:read');
    },
  );

  test('[IDN-11] consent is given by people: no key holds it, whatever its role', () => {
    expect(heldBy('support:approve')).toEqual(['owner', 'admin']);
    for (const scopes of [null, ['support:approve'] as const]) {
      expect(permissionsOfKey({ role: 'owner', scopes }).has('support:approve')).toBe(false);
    }
    expect(heldBy('platform:impersonate')).toEqual(['platform-admin', 'platform-support']);
  });
});
