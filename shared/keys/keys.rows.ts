/** Rows of `app.api_keys` as Postgres returns them. `exact_at` is the sort key of a list. */
import { type ActorType, actorIdOf, type KeyEnvironment } from '../contract/actor.ts';
import { formatId } from '../contract/ids.ts';
import type { TenantPermission } from '../contract/permissions.ts';
import type { TenantRole } from '../contract/roles.ts';
import type { ApiKey } from './keys.contract.ts';

/** A key; `status` says expired from the moment it is. */
export type ApiKeyRow = {
  id: string;
  name: string;
  environment: KeyEnvironment;
  role: TenantRole;
  scopes: TenantPermission[] | null;
  prefix: string;
  allowed_addresses: string[];
  status: ApiKey['status'];
  created_by_type: ActorType;
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  replaces: string | null;
};

/** A key as the contract shows it. */
export function toApiKey(row: ApiKeyRow): ApiKey {
  const { name, environment, role, scopes, prefix, status } = row;
  return {
    ...{ id: formatId('apiKey', row.id), name, environment, role, scopes, prefix, status },
    allowedAddresses: row.allowed_addresses,
    createdBy: actorIdOf(row.created_by_type, row.created_by),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    replaces: row.replaces === null ? null : formatId('apiKey', row.replaces),
  };
}
