/** What a key is worth, in the words that Unkey has for it. Another tenant's key is none (TEN-5). */
import { permissionsOfKey } from '../access/roles.ts';
import type { TenantContext } from '../contract/context.ts';
import type { TenantPermission } from '../contract/permissions.ts';
import { findOwnKey, judgeKey } from '../identity/api-key.ts';
import { readKeySecret } from '../tenancy/key-secret.ts';
import type { Verification } from './keys.contract.ts';

/** A key, and what it shall be good for. */
export type Asked = {
  key: string;
  permissions?: TenantPermission[] | undefined;
  address?: string | undefined;
};

/** The verdict over a key; it counts as no use of it. */
export async function verifyKey(
  { tx, now }: TenantContext,
  { key: text, permissions: wanted = [], address }: Asked,
): Promise<Verification> {
  const hash = readKeySecret(text);
  const key = hash === undefined ? undefined : await findOwnKey(tx, hash);
  if (key === undefined) return nothing;
  const may = permissionsOfKey(key);
  const verdict = judgeKey(key, { now: now(), address });
  const lacks = wanted.some((permission) => !may.has(permission));
  const code = verdict === 'VALID' && lacks ? 'INSUFFICIENT_PERMISSIONS' : verdict;
  return {
    ...{ valid: code === 'VALID', code, keyId: key.id, environment: key.environment, role: key.role },
    permissions: [...may],
    expiresAt: key.expiresAt?.toISOString() ?? null,
  };
}

const nothing: Verification = {
  ...{ valid: false, code: 'NOT_FOUND', keyId: null, environment: null, role: null },
  ...{ permissions: [], expiresAt: null },
};
