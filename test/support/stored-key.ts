/** API keys that the superuser puts into the database, as whoever made them would have wanted them. */
import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { KeyEnvironment } from '#shared/contract/actor.ts';
import { type ApiKeyId, newId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { TenantPermission } from '#shared/contract/permissions.ts';
import type { TenantRole } from '#shared/contract/roles.ts';
import { newKeySecret } from '#shared/tenancy/key-secret.ts';

/** A key and its text. */
export type StoredKey = { id: ApiKeyId; text: string };

/** What the key is for; unless told: all that an owner may do, for ever, from anywhere. */
export type KeyOptions = {
  role?: TenantRole;
  scopes?: readonly TenantPermission[] | null;
  environment?: KeyEnvironment;
  expiresAt?: Date;
  revokedAt?: Date;
  allowedAddresses?: readonly string[];
};

/** A new key of a tenant. */
export async function storeKey(
  admin: ClientBase | Pool,
  tenant: TenantId,
  options: KeyOptions = {},
): Promise<StoredKey> {
  const { role = 'owner', scopes = null, environment = 'live', allowedAddresses = [] } = options;
  const id = newId('apiKey');
  const { text, prefix, hash } = newKeySecret(environment);
  await admin.query(
    `insert into app.api_keys (tenant_id, id, name, environment, role, scopes, allowed_addresses, expires_at,
                               revoked_at, prefix, hash, created_by_type, created_by)
     values ($1, $2, 'Stored', $3, $4, $5, $6, $7, $8, $9, $10, 'person', $11)`,
    [
      ...[uuidOf(tenant), uuidOf(id), environment, role, scopes, allowedAddresses],
      ...[options.expiresAt ?? null, options.revokedAt ?? null, prefix, hash, randomUUID()],
    ],
  );
  return { id, text };
}
