/** Making, changing, replacing and ending the API keys of a tenant (IDN-8, TEN-3). */
import { permissionsOf, permissionsOfKey } from '../access/roles.ts';
import type { TenantContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { type ApiKeyId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { failOn } from '../db/constraint.ts';
import { sql } from '../db/sql.ts';
import { readAddressList } from '../identity/address-list.ts';
import { issueApiKey, type NewApiKey } from '../tenancy/new-api-key.ts';
import { beyondCreator, type keysContract, notActive } from './keys.contract.ts';
import { type ApiKeyRow, toApiKey } from './keys.rows.ts';
import { verifyKey } from './verify-key.ts';

export const keysOps: Ops<typeof keysContract> = {
  create: async (ctx, { name, environment, role, scopes = null, allowedAddresses, expiresAt }) => {
    const rights = { role, scopes };
    const strange = (scopes ?? []).filter((scope) => !permissionsOf(role).has(scope));
    if (strange.length > 0)
      throw invalid('body.scopes', `the role ${role} does not hold ${strange.join(', ')}`);
    assertWithin(ctx, rights);
    assertAddresses(allowedAddresses);
    const issued = await issue(ctx, {
      ...{ name, environment, role, scopes, allowedAddresses },
      expiresAt: expiresAt === undefined ? null : inFuture(expiresAt, ctx.now()),
      replaces: null,
    });
    ctx.audit({ target: { type: 'apiKey', id: issued.id }, after: factsOf(issued) });
    ctx.securityEvent('api_key_created', { subject: issued.id });
    return issued;
  },

  list: async (ctx, { limit, cursor }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<ApiKeyRow & { exact_at: string }>(sql`
      select ${columns}, app.exact_time(created_at) as exact_at from app.api_keys
      where ${at}::timestamptz is null or (created_at, id) < (${at}::timestamptz, ${id}::uuid)
      order by created_at desc, id desc
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.id], toApiKey);
  },

  get: async (ctx, { keyId }) => {
    const row = await ctx.tx.maybeOne<ApiKeyRow>(
      sql`select ${columns} from app.api_keys where id = ${uuidOf(keyId)}`,
    );
    if (row === undefined) throw fail(problems.notFound);
    return toApiKey(row);
  },

  update: async (ctx, { keyId, name, allowedAddresses }) => {
    if (allowedAddresses !== undefined) assertAddresses(allowedAddresses);
    const before = await lock(ctx, keyId);
    if (before.status !== 'active') throw fail(notActive);
    const after = await ctx.tx.one<ApiKeyRow>(sql`
      update app.api_keys
      set name = ${name ?? before.name}, allowed_addresses = ${allowedAddresses ?? before.allowed_addresses},
          updated_at = now()
      where id = ${uuidOf(keyId)}
      returning ${columns}`);
    const changed = { before: toApiKey(before), after: toApiKey(after) };
    ctx.audit({
      target: { type: 'apiKey', id: keyId },
      before: { name: changed.before.name, allowedAddresses: changed.before.allowedAddresses },
      after: { name: changed.after.name, allowedAddresses: changed.after.allowedAddresses },
    });
    ctx.reconfigure({ apiKey: keyId });
    return changed.after;
  },

  rotate: async (ctx, { keyId, overlapHours, expiresAt }) => {
    const old = await lock(ctx, keyId);
    if (old.status !== 'active') throw fail(notActive);
    // Whoever gets the new key can do what it can.
    assertWithin(ctx, old);
    const issued = await failOn('api_keys_replaces', notActive, () =>
      issue(ctx, {
        ...{ name: old.name, environment: old.environment, role: old.role, scopes: old.scopes },
        allowedAddresses: old.allowed_addresses,
        expiresAt: expiresAt === undefined ? asLongAs(old, ctx.now()) : inFuture(expiresAt, ctx.now()),
        replaces: keyId,
      }),
    );
    await ctx.tx.query(sql`
      update app.api_keys
      set expires_at = least(expires_at, now() + make_interval(hours => ${overlapHours})), updated_at = now()
      where id = ${uuidOf(keyId)}`);
    ctx.audit({
      target: { type: 'apiKey', id: keyId },
      after: { replacedBy: issued.id, overlapHours, expiresAt: issued.expiresAt },
    });
    ctx.securityEvent('api_key_rotated', { subject: keyId, detail: { replacedBy: issued.id } });
    ctx.reconfigure({ apiKey: keyId });
    return issued;
  },

  revoke: async (ctx, { keyId }) => {
    const revoked = await ctx.tx.maybeOne<{ name: string; role: string }>(sql`
      update app.api_keys set revoked_at = now(), updated_at = now()
      where id = ${uuidOf(keyId)} and revoked_at is null
      returning name, role`);
    if (revoked === undefined) throw fail(problems.notFound);
    ctx.audit({ target: { type: 'apiKey', id: keyId }, before: revoked });
    ctx.securityEvent('api_key_revoked', { subject: keyId });
    ctx.reconfigure({ apiKey: keyId });
  },

  verify: (ctx, asked) => verifyKey(ctx, asked),
};

const columns = sql`
  id, name, environment, role, scopes, prefix, allowed_addresses, created_by_type, created_by, created_at,
  expires_at, revoked_at, last_used_at, replaces,
  case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired' else 'active' end
    as status`;

async function issue(ctx: TenantContext, key: Omit<NewApiKey, 'createdBy'>) {
  const { text, insert } = issueApiKey({ ...key, createdBy: ctx.actor });
  const row = await ctx.tx.one<ApiKeyRow>(sql`${insert} returning ${columns}`);
  return { ...toApiKey(row), key: text };
}

async function lock(ctx: TenantContext, keyId: ApiKeyId): Promise<ApiKeyRow> {
  const row = await ctx.tx.maybeOne<ApiKeyRow>(
    sql`select ${columns} from app.api_keys where id = ${uuidOf(keyId)} for update`,
  );
  if (row === undefined) throw fail(problems.notFound);
  return row;
}

/**
 * Nobody makes a key that can do what they cannot: neither by its permissions, nor by the rules that look at the
 * role itself, as the one that owners alone invite owners.
 */
function assertWithin(
  { role, permissions }: TenantContext,
  rights: Pick<NewApiKey, 'role' | 'scopes'>,
): void {
  const mine = permissionsOf(role);
  const isWithin =
    [...permissionsOf(rights.role)].every((permission) => mine.has(permission)) &&
    [...permissionsOfKey(rights)].every((permission) => permissions.has(permission));
  if (!isWithin) throw fail(beyondCreator);
}

function assertAddresses(entries: readonly string[]): void {
  const list = readAddressList(entries);
  if ('wrong' in list) {
    throw invalid('body.allowedAddresses', `neither addresses nor networks: ${list.wrong.join(', ')}`);
  }
}

function inFuture(text: string, now: Date): Date {
  const at = new Date(text);
  if (at <= now) throw invalid('body.expiresAt', 'is in the past');
  return at;
}

/** As long from now as the key was made for. */
function asLongAs({ created_at, expires_at }: ApiKeyRow, now: Date): Date | null {
  return expires_at === null ? null : new Date(now.getTime() + expires_at.getTime() - created_at.getTime());
}

function factsOf({
  name,
  environment,
  role,
  scopes,
  allowedAddresses,
  expiresAt,
}: ReturnType<typeof toApiKey>) {
  return { name, environment, role, scopes, allowedAddresses, expiresAt };
}

function invalid(path: string, message: string) {
  return fail(problems.invalidInput, { errors: [{ path, message }] });
}
