/** Makes an API key of the tenant that the transaction is in (IDN-8, TEN-2). */
import type { Actor, KeyEnvironment } from '../contract/actor.ts';
import type { Statement } from '../contract/context.ts';
import { type ApiKeyId, newId, uuidOf } from '../contract/ids.ts';
import type { TenantPermission } from '../contract/permissions.ts';
import type { TenantRole } from '../contract/roles.ts';
import { sql } from '../db/sql.ts';
import { newKeySecret } from './key-secret.ts';

/** What a key is to be. */
export type NewApiKey = {
  name: string;
  environment: KeyEnvironment;
  role: TenantRole;
  /** Null: all that the role holds. */
  scopes: readonly TenantPermission[] | null;
  /** Addresses and networks; none: it works from anywhere. */
  allowedAddresses: readonly string[];
  expiresAt: Date | null;
  createdBy: Actor;
  /** The key that this one takes the place of. */
  replaces: ApiKeyId | null;
};

/** The key's id, its text to be shown once, and the statement that stores the rest. */
export function issueApiKey(key: NewApiKey): { id: ApiKeyId; text: string; insert: Statement } {
  const id = newId('apiKey');
  const { text, prefix, hash } = newKeySecret(key.environment);
  const insert = sql`
    insert into app.api_keys (tenant_id, id, name, environment, role, scopes, allowed_addresses, expires_at,
                              prefix, hash, created_by_type, created_by, replaces)
    values (app.tenant_id(), ${uuidOf(id)}, ${key.name}, ${key.environment}, ${key.role}, ${key.scopes},
            ${key.allowedAddresses}, ${key.expiresAt}, ${prefix}, ${hash},
            ${key.createdBy.type}, ${uuidOf(key.createdBy.id)},
            ${key.replaces === null ? null : uuidOf(key.replaces)})`;
  return { id, text, insert };
}
