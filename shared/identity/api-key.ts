/** API keys as credentials (IDN-8): what is known of a key, whether it holds, and what it may do. */
import type { Pool } from 'pg';
import type { KeyEnvironment } from '../contract/actor.ts';
import { type ApiKeyId, formatId, uuidOf } from '../contract/ids.ts';
import type { Statement, Transaction } from '../contract/context.ts';
import type { TenantPermission } from '../contract/permissions.ts';
import type { TenantRole } from '../contract/roles.ts';
import { sql } from '../db/sql.ts';
import { readOnce, transact } from '../db/transaction.ts';
import { type TenantFacts, type TenantFactsRow, toTenantFacts } from '../tenancy/entry.ts';
import { type AddressList, readAddressList } from './address-list.ts';

/** A key with the tenant that it belongs to; all of it may be remembered under its two versions. */
export type KeyFacts = {
  id: ApiKeyId;
  /** What it is found by. */
  hash: Buffer;
  environment: KeyEnvironment;
  role: TenantRole;
  /** Null: all that the role holds. */
  scopes: readonly TenantPermission[] | null;
  addresses: AddressList;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  /** Grows with every change of what stands here but the last use. */
  version: number;
  tenant: TenantFacts;
};

/** Why a key does not hold, in Unkey's words. */
export type KeyVerdict = 'VALID' | 'DISABLED' | 'EXPIRED' | 'FORBIDDEN';

/** Whether a key holds now, for a call from that address; revocation tells before expiry. */
export function judgeKey(
  key: KeyFacts,
  { now, address }: { now: Date; address: string | undefined },
): KeyVerdict {
  if (key.revokedAt !== null) return 'DISABLED';
  if (key.expiresAt !== null && key.expiresAt <= now) return 'EXPIRED';
  if (address !== undefined && !key.addresses.admits(address)) return 'FORBIDDEN';
  return 'VALID';
}

/** The key with that hash, whatever its state; undefined when there is none. One round trip. */
export async function findApiKey(
  pool: Pool,
  hash: Buffer,
  deadlineMs: number,
): Promise<KeyFacts | undefined> {
  const entry = { tenantId: null, userId: null, requestId: 'api-key', deadlineMs };
  const [row] = await readOnce<KeyFactsRow>(pool, entry, withHash(hash));
  return row === undefined ? undefined : toKeyFacts(hash, row);
}

/** The same inside a transaction, for a key of the tenant that it is in. */
export async function findOwnKey(tx: Transaction, hash: Buffer): Promise<KeyFacts | undefined> {
  const row = await tx.maybeOne<KeyFactsRow>(
    sql`select * from (${withHash(hash)}) found where tenant_id = app.tenant_id()`,
  );
  return row === undefined ? undefined : toKeyFacts(hash, row);
}

/** The key's version once no change of it is under way. */
export function settledKeyVersion(pool: Pool, key: KeyFacts, deadlineMs: number): Promise<number> {
  const entry = { tenantId: uuidOf(key.tenant.id), userId: null, requestId: 'key-version', deadlineMs };
  return transact(pool, entry, async (tx) => {
    const row = await tx.maybeOne<{ version: string }>(
      sql`select version from app.api_keys where id = ${uuidOf(key.id)} for share`,
    );
    return Number(row?.version ?? 0);
  });
}

/** The statement that notes a use of the key, in a transaction of its own; none when this hour is noted already. */
export function noteUse(key: KeyFacts, now: Date): Statement | undefined {
  const hour = hourOf(now);
  if (key.lastUsedAt !== null && key.lastUsedAt >= hour) return undefined;
  return sql`
    update app.api_keys set last_used_at = ${hour}
    where id = ${uuidOf(key.id)} and (last_used_at is null or last_used_at < ${hour})`;
}

/** Remembers in this instance that the use was noted; once the transaction has committed. */
export function rememberUse(key: KeyFacts, now: Date): void {
  key.lastUsedAt = hourOf(now);
}

const hourMs = 3_600_000;

function hourOf(now: Date): Date {
  return new Date(Math.floor(now.getTime() / hourMs) * hourMs);
}

type KeyFactsRow = TenantFactsRow & {
  key_id: string;
  key_environment: KeyEnvironment;
  key_role: TenantRole;
  key_scopes: TenantPermission[] | null;
  key_allowed_addresses: string[];
  key_expires_at: Date | null;
  key_revoked_at: Date | null;
  key_last_used_at: Date | null;
  key_version: string;
};

function withHash(hash: Buffer): Statement {
  return sql`select * from app.find_api_key(${hash})`;
}

function toKeyFacts(hash: Buffer, row: KeyFactsRow): KeyFacts {
  const addresses = readAddressList(row.key_allowed_addresses);
  return {
    ...{ id: formatId('apiKey', row.key_id), hash, environment: row.key_environment, role: row.key_role },
    scopes: row.key_scopes,
    // They were read before they were stored; a list that cannot be read admits nobody.
    addresses: 'wrong' in addresses ? { admits: () => false } : addresses,
    ...{ expiresAt: row.key_expires_at, revokedAt: row.key_revoked_at, lastUsedAt: row.key_last_used_at },
    version: Number(row.key_version),
    tenant: toTenantFacts(row),
  };
}
