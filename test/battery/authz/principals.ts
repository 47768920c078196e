/** Everybody who might call with a genuine token, and how each comes to be. */
import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { newId, type TenantId } from '#shared/contract/ids.ts';
import { type PlatformRole, platformRoleNames, roleNames, type TenantRole } from '#shared/contract/roles.ts';
import type { TenantStatus } from '#shared/tenancy/tenancy.rows.ts';
import type { Person, World } from '../support/world.ts';
import type { Principal, Standing } from './table.ts';

/** A principal who is ready to call. */
export type Arranged = {
  actor: Person;
  /** The tenant that the call's input is about. */
  tenant: TenantId;
  /** The header `x-tenant-id`; none when undefined. */
  named: string | undefined;
  claims: JWTPayload;
  headers?: Record<string, string>;
};

export type Case = { name: string; principal: Principal; arrange: (world: World) => Promise<Arranged> };

/** All of them; every status and every role is taken from where it is declared. */
export function principals(
  statuses: readonly TenantStatus[],
  roles: readonly TenantRole[] = roleNames,
): Case[] {
  return [
    ...roles.map((role) => member(role)),
    ...statuses
      .filter((status) => status !== 'active')
      .flatMap((status) => roles.slice(0, 1).map((role) => member(role, status))),
    ...platformRoleNames.map((role) => staff([role])),
    owningStaff(),
    ...actedFor.map((role) => acting(role)),
    ...actingWithoutConsent(),
    ...claimedRoles(),
    ...outsiders(statuses),
    viewerHereOwnerThere(),
    undecided(),
    unverified(),
  ];
}

function of(standing: Standing, more: Partial<Principal> = {}): Principal {
  return { standing, platformRoles: [], emailVerified: true, ...more };
}

function member(role: TenantRole, status: TenantStatus = 'active'): Case {
  return {
    name: status === 'active' ? role : `${role} of a tenant that is ${status}`,
    principal: of({ is: 'member', role, status }),
    arrange: async (world) => {
      const tenant = await world.tenant(status);
      return { actor: await world.member(tenant, role), tenant, named: tenant, claims: {} };
    },
  };
}

function staff(platformRoles: PlatformRole[]): Case {
  return {
    name: platformRoles.join(' and '),
    principal: of({ is: 'outsider' }, { platformRoles }),
    arrange: async (world) => {
      const tenant = await world.tenant();
      const claims = { 'cognito:groups': ['some-group', ...platformRoles] };
      return { actor: world.stranger(), tenant, named: tenant, claims };
    },
  };
}

/** Of the owner support may do what it ever may, and of a viewer what the viewer may. */
export const actedFor: readonly TenantRole[] = ['owner', 'viewer'];

const supportGroups = { 'cognito:groups': ['platform-support'] };

/** Support that a tenant lets act for a member of that role. */
function acting(role: TenantRole): Case {
  return {
    name: `support acting for ${role}`,
    principal: of(
      { is: 'member', role, status: 'active' },
      { platformRoles: ['platform-support'], acting: 'with consent' },
    ),
    arrange: async (world) => {
      const [tenant, staff] = [await world.tenant(), world.stranger()];
      const member = await world.member(tenant, role);
      const id = await world.impersonation(tenant, { status: 'started', staff, member });
      const headers = { 'plinth-impersonate': id };
      return { actor: staff, tenant, named: tenant, claims: supportGroups, headers };
    },
  };
}

/** Who names an impersonation that does not hold, or that is not theirs. */
function actingWithoutConsent(): Case[] {
  type Named = { status: 'started' | 'ended'; own: boolean; claims: JWTPayload };
  const named: Record<string, Named> = {
    'what has ended': { status: 'ended', own: true, claims: supportGroups },
    'what somebody else has begun': { status: 'started', own: false, claims: supportGroups },
    'what they have begun, and is of the staff no more': { status: 'started', own: true, claims: {} },
  };
  return Object.entries(named).map(([name, { own, claims, ...step }]) => ({
    name: `owner elsewhere who acts under ${name}`,
    principal: of({ is: 'outsider' }, { acting: 'without' }),
    arrange: async (world) => {
      const [tenant, mine] = [await world.tenant(), await world.tenant()];
      const actor = await world.member(mine, 'owner');
      const staff = own ? { staff: actor } : {};
      const id = await world.impersonation(tenant, { ...step, ...staff });
      return { actor, tenant, named: tenant, claims, headers: { 'plinth-impersonate': id } };
    },
  }));
}

/** The planes do not mix: each role counts on its own. */
function owningStaff(): Case {
  const platformRoles: PlatformRole[] = ['platform-support'];
  return {
    name: 'owner who is platform-support',
    principal: of({ is: 'member', role: 'owner', status: 'active' }, { platformRoles }),
    arrange: async (world) => {
      const tenant = await world.tenant();
      const actor = await world.member(tenant, 'owner');
      return { actor, tenant, named: tenant, claims: { 'cognito:groups': platformRoles } };
    },
  };
}

/** Roles come from the database and from groups of exactly these names, never from other claims. */
function claimedRoles(): Case[] {
  const claims: Record<string, JWTPayload> = {
    'groups that sound like roles': {
      'cognito:groups': ['owner', 'Platform-Admin', 'platform-admin ', 'platform', 'admin', 'tenant:update'],
    },
    'roles among the claims': {
      role: 'owner',
      roles: ['owner', 'platform-admin'],
      groups: ['platform-admin'],
      permissions: ['platform:tenants:suspend', 'members:change_role'],
      'custom:role': 'platform-admin',
      'custom:tenant_id': newId('tenant'),
      scope: 'openid platform:tenants:suspend members:change_role',
      isAdmin: true,
    },
  };
  return Object.entries(claims).map(([name, claimed]) => ({
    name: `viewer with ${name}`,
    principal: of({ is: 'member', role: 'viewer', status: 'active' }),
    arrange: async (world) => {
      const tenant = await world.tenant();
      return { actor: await world.member(tenant, 'viewer'), tenant, named: tenant, claims: claimed };
    },
  }));
}

/** Owners of a tenant of their own, naming one that is not theirs. */
function outsiders(statuses: readonly TenantStatus[]): Case[] {
  const naming: Record<string, (world: World) => Promise<string>> = {
    ...Object.fromEntries(
      statuses.map((status) => [`another tenant that is ${status}`, (world: World) => world.tenant(status)]),
    ),
    'a tenant that does not exist': async () => newId('tenant'),
    'a bare UUID': async () => randomUUID(),
    'another kind of id': async () => newId('user'),
    'two tenants': async (world) => `${await world.tenant()}, ${await world.tenant()}`,
    'a word': async () => 'default',
    SQL: async () => `${newId('tenant')}' or true --`,
  };
  return Object.entries(naming).map(([name, of_]) => ({
    name: `owner elsewhere who names ${name}`,
    principal: of({ is: 'outsider' }),
    arrange: async (world) => {
      const tenant = await world.tenant();
      return { actor: await world.member(tenant, 'owner'), tenant, named: await of_(world), claims: {} };
    },
  }));
}

function viewerHereOwnerThere(): Case {
  return {
    name: 'viewer here who owns another tenant, their default',
    principal: of({ is: 'member', role: 'viewer', status: 'active' }),
    arrange: async (world) => {
      const [tenant, own] = [await world.tenant(), await world.tenant()];
      const actor = await world.member(own, 'owner');
      await world.join(tenant, actor, 'viewer');
      await world.makeDefault(own, actor);
      return { actor, tenant, named: tenant, claims: {} };
    },
  };
}

function undecided(): Case {
  return {
    name: 'owner of two tenants who names none',
    principal: of({ is: 'undecided' }),
    arrange: async (world) => {
      const tenant = await world.tenant();
      const actor = await world.member(tenant, 'owner');
      await world.join(await world.tenant(), actor, 'owner');
      return { actor, tenant, named: undefined, claims: {} };
    },
  };
}

function unverified(): Case {
  return {
    name: 'owner whose e-mail address is not verified',
    principal: of({ is: 'member', role: 'owner', status: 'active' }, { emailVerified: false }),
    arrange: async (world) => {
      const tenant = await world.tenant();
      const actor = await world.member(tenant, 'owner');
      return { actor, tenant, named: tenant, claims: { email_verified: 'false' } };
    },
  };
}
