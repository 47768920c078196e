/**
 * The expected table: what each principal gets of each endpoint. It is derived from the permission catalogue and
 * the roles, never written down, so an endpoint or a role that is added stands in it at once.
 */
import { permissionsForSupport, permissionsOf } from '#shared/access/roles.ts';
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import { type ProblemType, problems } from '#shared/contract/errors.ts';
import type { Permission } from '#shared/contract/permissions.ts';
import type { PlatformRole, TenantRole } from '#shared/contract/roles.ts';
import type { TenantStatus } from '#shared/tenancy/tenancy.rows.ts';

/** Where the caller stands towards the tenant that the call names. */
export type Standing =
  | { is: 'member'; role: TenantRole; status: TenantStatus }
  /** Names a tenant that is not theirs, one that does not exist, or something that is no tenant's id. */
  | { is: 'outsider' }
  /** Belongs to several tenants and names none. */
  | { is: 'undecided' };

export type Principal = {
  standing: Standing;
  platformRoles: readonly PlatformRole[];
  emailVerified: boolean;
  /** Calls for somebody else: under a consent that holds, or under one that does not, or is not theirs. */
  acting?: 'with consent' | 'without';
};

/** A problem, or success. */
export type Expectation = ProblemType | 'success';

/** What a role holds; for somebody of that role, what support may do. */
export type Held = (role: TenantRole | PlatformRole, acting?: boolean) => ReadonlySet<Permission>;

/** As the roles are declared. */
export const declared: Held = (role, acting = false) =>
  acting ? permissionsForSupport(role as TenantRole) : permissionsOf(role);

/** What an endpoint answers to somebody with a genuine token. */
export function expected(endpoint: EndpointFacts, principal: Principal, held: Held): Expectation {
  if (principal.acting !== undefined) return ofActing(endpoint, principal, held);
  switch (endpoint.plane) {
    case 'public':
      // The battery is no page of the console.
      return endpoint.cookie === undefined ? 'success' : problems.originRefused;
    case 'user':
      return !principal.emailVerified && endpoint.errors.includes(problems.emailUnverified)
        ? problems.emailUnverified
        : 'success';
    case 'platform':
      return permitted(endpoint, principal.platformRoles, held);
    case 'tenant':
      return ofTenant(endpoint, principal.standing, held);
  }
}

/** What an endpoint answers to a token that is worth nothing. */
export function expectedOfForgery(endpoint: EndpointFacts): Expectation {
  if (endpoint.cookie !== undefined) return problems.originRefused;
  return endpoint.plane === 'public' ? 'success' : problems.unauthenticated;
}

function ofActing(endpoint: EndpointFacts, { standing, acting }: Principal, held: Held): Expectation {
  if (endpoint.plane === 'public') {
    return endpoint.cookie === undefined ? problems.notImpersonating : problems.originRefused;
  }
  if (endpoint.plane === 'platform') return problems.notImpersonating;
  if (acting === 'without') return problems.impersonationEnded;
  if (!endpoint.whileImpersonating) return problems.notImpersonating;
  return endpoint.plane === 'tenant' ? ofTenant(endpoint, standing, held, true) : 'success';
}

function ofTenant(endpoint: EndpointFacts, standing: Standing, held: Held, acting = false): Expectation {
  if (standing.is === 'undecided') return problems.tenantRequired;
  if (standing.is === 'outsider') return problems.notFound;
  if (standing.status === 'suspended') return problems.tenantSuspended;
  if (standing.status !== 'active') return problems.notFound;
  return permitted(endpoint, [standing.role], (role) => held(role, acting));
}

function permitted(
  { permission }: EndpointFacts,
  roles: readonly (TenantRole | PlatformRole)[],
  held: Held,
): Expectation {
  const isAllowed = permission !== undefined && roles.some((role) => held(role).has(permission));
  return isAllowed ? 'success' : problems.forbidden;
}
