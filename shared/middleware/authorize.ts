/** What the caller may do here, and whether that includes what the contract asks for (ACC-4). The default is to refuse. */
import { permissionsForSupport, permissionsOf, permissionsOfKey } from '../access/roles.ts';
import { fail, type Failure, problems } from '../contract/errors.ts';
import type { Permission } from '../contract/permissions.ts';
import type { Exchange } from './exchange.ts';

/** Why the caller may not call this endpoint; undefined when they may. */
export function permissionDenial(exchange: Exchange): Failure | undefined {
  const { permission, plane } = exchange.called.endpoint;
  if (plane === 'public' || plane === 'user') return undefined;
  if (permission !== undefined && permissionsOn(exchange).has(permission)) return undefined;
  return fail(problems.forbidden);
}

/** The caller's permissions: tenant roles count on the tenant plane only, platform roles on the platform plane only. */
export function permissionsOn({
  called,
  caller,
  apiKey,
  tenant,
  impersonation,
}: Exchange): ReadonlySet<Permission> {
  const { plane } = called.endpoint;
  if (plane === 'platform') return new Set(caller?.platformRoles.flatMap((role) => [...permissionsOf(role)]));
  if (plane !== 'tenant') return new Set();
  if (apiKey !== undefined) return permissionsOfKey(apiKey);
  if (tenant === undefined) return new Set();
  return impersonation === undefined ? permissionsOf(tenant.role) : permissionsForSupport(tenant.role);
}
