/** Requires the permission that the contract names (ACC-4). The default is to refuse. */
import { permissionsOf, permissionsOfKey } from '../access/roles.ts';
import { fail, problems } from '../contract/errors.ts';
import type { Permission } from '../contract/permissions.ts';
import type { Exchange, Link } from './exchange.ts';
import { countMetric } from './telemetry.ts';

/** Resolves the caller's permissions on this plane and requires the endpoint's. */
export function authorize(): Link {
  return {
    before: ({ context: { exchange } }) => {
      const { permission, plane } = exchange.called.endpoint;
      if (plane === 'public' || plane === 'user') return;
      exchange.permissions = permissionsOn(exchange);
      if (permission !== undefined && exchange.permissions.has(permission)) return;
      exchange.log.warn('security: permission denied', {
        userId: exchange.caller?.id,
        apiKeyId: exchange.apiKey?.id,
        permission,
      });
      countMetric('PermissionDenials');
      throw fail(problems.forbidden);
    },
  };
}

/** Tenant roles count on the tenant plane only, platform roles on the platform plane only. */
function permissionsOn(exchange: Exchange): ReadonlySet<Permission> {
  if (exchange.called.endpoint.plane === 'platform') {
    const held = exchange.caller?.platformRoles.flatMap((role) => [...permissionsOf(role)]) ?? [];
    return new Set(held);
  }
  if (exchange.apiKey !== undefined) return permissionsOfKey(exchange.apiKey);
  return exchange.tenant === undefined ? new Set() : permissionsOf(exchange.tenant.role);
}
