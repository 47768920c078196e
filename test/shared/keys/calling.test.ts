/** Calling with an API key, through the whole chain. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { audit } from '#shared/audit/module.ts';
import { auditOps } from '#shared/audit/audit.ops.ts';
import { formatId, newId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { identity } from '#shared/identity/module.ts';
import { identityOps } from '#shared/identity/identity.ops.ts';
import { keys } from '#shared/keys/module.ts';
import { keysOps } from '#shared/keys/keys.ops.ts';
import { members } from '#shared/members/module.ts';
import { membersOps } from '#shared/members/members.ops.ts';
import { serve } from '#shared/middleware/serve.ts';
import { newKeySecret } from '#shared/tenancy/key-secret.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { type Answer, type Chain, type Handler, type Request, startChain } from '../../support/chain.ts';
import { type KeyOptions, storeKey, type StoredKey } from '../../support/stored-key.ts';
import { newPerson } from '../../support/tokens.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

const modules: Record<string, Handler> = {
  '/v1/keys': serve(keys, keysOps),
  '/v1/tenant': serve(tenancy, tenancyOps),
  '/v1/tenants': serve(tenancy, tenancyOps),
  '/v1/members': serve(members, membersOps),
  '/v1/invitations': serve(members, membersOps),
  '/v1/audit-events': serve(audit, auditOps),
  '/v1/me': serve(identity, identityOps),
};

/** Calls whatever serves the path; the bearer is a key or a token. */
function call(bearer: string, method: string, path: string, more: Partial<Request> = {}): Promise<Answer> {
  const prefix = Object.keys(modules)
    .filter((one) => path === one || path.startsWith(`${one}/`))
    .sort((one, other) => other.length - one.length)[0];
  const handler = modules[prefix ?? ''];
  if (handler === undefined) throw new Error(`nothing here serves ${path}`);
  const headers = { 'Idempotency-Key': randomUUID(), ...more.headers };
  return chain.call(handler, { method, path, token: bearer, ...more, headers });
}

const ask = (bearer: string) => call(bearer, 'GET', '/v1/tenant');

async function newTenant(): Promise<TenantId> {
  const id = randomUUID();
  await chain.database.admin.query(
    "insert into app.tenants (id, slug, name, region, plan) values ($1, $2, 'Acme', 'us', 'basic')",
    [id, `t-${id.slice(0, 12)}`],
  );
  return formatId('tenant', id);
}

async function newKey(options: KeyOptions = {}): Promise<StoredKey & { tenant: TenantId }> {
  const tenant = await newTenant();
  return { tenant, ...(await storeKey(chain.database.admin, tenant, options)) };
}

const query = async <Row>(text: string, values: unknown[]) =>
  (await chain.database.admin.query<Row & object>(text, values)).rows;

describe('a key', () => {
  test('[IDN-8] [TEN-4] opens its own tenant, named or not', async () => {
    const key = await newKey();
    const opened = { status: 200, body: { id: key.tenant } };
    expect(await ask(key.text)).toMatchObject(opened);
    expect(
      await call(key.text, 'GET', '/v1/tenant', { headers: { 'x-tenant-id': key.tenant } }),
    ).toMatchObject(opened);
  });

  test('[TEN-4] [TEN-5] opens no other tenant, which cannot be told from one that does not exist', async () => {
    const [key, other] = [await newKey(), await newTenant()];
    for (const named of [other, newId('tenant'), 'default']) {
      const answer = await call(key.text, 'GET', '/v1/tenant', { headers: { 'x-tenant-id': named } });
      expect(answer).toMatchObject({ status: 404, body: { code: 'resource.not_found' } });
    }
  });

  test('[IDN-8] is no credential where people act for themselves', async () => {
    const key = await newKey();
    for (const text of [key.text, newKeySecret('live').text, 'plk_live_']) {
      const answer = await call(text, 'GET', '/v1/me');
      expect(answer).toMatchObject({ status: 401, body: { code: 'auth.unauthenticated' } });
    }
  });

  test('[IDN-8] does what its role and its scopes allow, and nothing else', async () => {
    const narrow = await newKey({ role: 'admin', scopes: ['members:read', 'members:change_role'] });
    expect(await call(narrow.text, 'GET', '/v1/members')).toMatchObject({ status: 200 });
    const forbidden = { status: 403, body: { code: 'auth.forbidden' } };
    expect(await ask(narrow.text)).toMatchObject(forbidden);
    // The scope gives nothing that the role does not hold.
    const change = { params: { userId: newId('user') }, body: { role: 'viewer' } };
    expect(await call(narrow.text, 'PATCH', '/v1/members/{userId}', change)).toMatchObject(forbidden);
    expect(await call((await newKey({ role: 'viewer' })).text, 'GET', '/v1/keys')).toMatchObject(forbidden);
  });

  test('[TEN-3] of a suspended tenant is told so', async () => {
    const key = await newKey();
    await query("update app.tenants set status = 'suspended' where id = $1", [uuidOf(key.tenant)]);
    expect(await ask(key.text)).toMatchObject({ status: 403, body: { code: 'tenant.suspended' } });
  });

  test('[IDN-8] outlives the person who made it', async () => {
    const { tenant } = await newKey();
    const owner = newPerson();
    await query('insert into app.users (id, email, name) values ($1, $2, $3)', [
      owner.sub,
      owner.email,
      'Ada',
    ]);
    await query("insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'owner')", [
      uuidOf(tenant),
      owner.sub,
    ]);
    const token = await chain.pool.token(owner);
    const made = await call(token, 'POST', '/v1/keys', { body: { name: 'Nightly', role: 'viewer' } });
    const { key } = made.body as { key: string };
    await query('delete from app.memberships where user_id = $1', [owner.sub]);
    expect(await ask(key)).toMatchObject({ status: 200, body: { id: tenant } });
  });
});

describe('a key that does not hold', () => {
  const cases: [string, () => Promise<string>][] = [
    ['is unknown', async () => newKeySecret('live').text],
    ['is mistyped', async () => (await newKey()).text.replace(/.$/, '?')],
    ['is cut off', async () => (await newKey()).text.slice(0, 40)],
    ['has expired', async () => (await newKey({ expiresAt: new Date(Date.now() - 1) })).text],
    ['was revoked', async () => (await newKey({ revokedAt: new Date() })).text],
    [
      'comes from another address',
      async () => (await newKey({ allowedAddresses: ['198.51.100.0/24'] })).text,
    ],
  ];

  test.each(cases)('[IDN-8] because it %s is refused in the same words as any other', async (_name, make) => {
    const refused = await ask(await make());
    const { instance: _instance, ...body } = refused.body as Record<string, unknown>;
    expect({ status: refused.status, body }).toEqual({
      status: 401,
      body: {
        ...{ type: 'urn:plinth:problem:auth.key_refused', code: 'auth.key_refused', status: 401 },
        title: 'The API key is not valid.',
      },
    });
    expect(refused.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  test('[AUD-3] its tenant is told why, once an hour, and nobody else is', async () => {
    const key = await newKey({ revokedAt: new Date() });
    for (let index = 0; index < 3; index += 1) await ask(key.text);
    const events = await query(
      'select tenant_id, subject, detail from app.security_events where subject = $1',
      [key.id],
    );
    expect(events).toEqual([
      { tenant_id: uuidOf(key.tenant), subject: key.id, detail: { verdict: 'DISABLED' } },
    ]);
  });

  test('[IDN-8] ends while it is remembered, without anybody doing anything', async () => {
    const key = await newKey({ expiresAt: new Date(Date.now() + 500) });
    expect(await ask(key.text)).toMatchObject({ status: 200 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await ask(key.text)).toMatchObject({ status: 401 });
  });
});

describe('a change of a key', () => {
  const manager = async (tenant: TenantId) => (await storeKey(chain.database.admin, tenant)).text;

  test('[IDN-8] [TEN-3] a revocation acts on the next request', async () => {
    const key = await newKey();
    const by = await manager(key.tenant);
    expect(await ask(key.text)).toMatchObject({ status: 200 });
    expect(await call(by, 'DELETE', '/v1/keys/{keyId}', { params: { keyId: key.id } })).toMatchObject({
      status: 204,
    });
    expect(await ask(key.text)).toMatchObject({ status: 401, body: { code: 'auth.key_refused' } });
    expect(await ask(by)).toMatchObject({ status: 200 });
  });

  test('[IDN-8] so does a list of addresses, when it closes and when it opens', async () => {
    const key = await newKey();
    const by = await manager(key.tenant);
    const allow = (allowedAddresses: string[]) =>
      call(by, 'PATCH', '/v1/keys/{keyId}', { params: { keyId: key.id }, body: { allowedAddresses } });
    expect(await ask(key.text)).toMatchObject({ status: 200 });
    expect(await allow(['198.51.100.7'])).toMatchObject({ status: 200 });
    expect(await ask(key.text)).toMatchObject({ status: 401 });
    expect(await allow(['203.0.113.0/24'])).toMatchObject({ status: 200 });
    expect(await ask(key.text)).toMatchObject({ status: 200 });
  });

  test('[IDN-8] rotated, old and new both work, until the old one is over', async () => {
    const key = await newKey();
    const rotate = (keyId: string, overlapHours: number) =>
      call(key.text, 'POST', '/v1/keys/{keyId}/rotate', { params: { keyId }, body: { overlapHours } });
    const second = (await rotate(key.id, 24)).body as { id: string; key: string };
    expect([await ask(key.text), await ask(second.key)]).toMatchObject([{ status: 200 }, { status: 200 }]);
    const third = (await rotate(second.id, 0)).body as { key: string };
    expect([await ask(second.key), await ask(third.key)]).toMatchObject([{ status: 401 }, { status: 200 }]);
  });
});

describe('what a key does', () => {
  test('[AUD-1] stands in the trail under its own name, and invitations say who invited', async () => {
    const key = await newKey();
    const invited = await call(key.text, 'POST', '/v1/invitations', {
      body: { email: newPerson().email, role: 'viewer' },
    });
    expect(invited).toMatchObject({ status: 201, body: { invitedBy: key.id } });
    expect(await call(key.text, 'GET', '/v1/invitations')).toMatchObject({
      body: { items: [{ invitedBy: key.id }] },
    });
    expect(await call(key.text, 'GET', '/v1/audit-events')).toMatchObject({
      body: {
        items: [{ action: 'member.invited', actor: { plane: 'tenant', type: 'api_key', id: key.id } }],
      },
    });
  });

  test('[TEN-8] only a key with an owner’s role removes or invites an owner', async () => {
    const key = await newKey({ role: 'admin' });
    const ofOwner = await storeKey(chain.database.admin, key.tenant);
    const owners = [newPerson(), newPerson()];
    for (const { sub, email } of owners) {
      await query("insert into app.users (id, email, name) values ($1, $2, 'Ada')", [sub, email]);
      await query("insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'owner')", [
        uuidOf(key.tenant),
        sub,
      ]);
    }
    const remove = (text: string, person = owners[0]) =>
      call(text, 'DELETE', '/v1/members/{userId}', {
        params: { userId: formatId('user', person?.sub ?? '') },
      });
    const invite = (text: string) =>
      call(text, 'POST', '/v1/invitations', { body: { email: newPerson().email, role: 'owner' } });
    const ownerOnly = { status: 403, body: { code: 'members.owner_only' } };
    expect([await remove(key.text), await invite(key.text)]).toMatchObject([ownerOnly, ownerOnly]);
    expect([await invite(ofOwner.text), await remove(ofOwner.text)]).toMatchObject([
      { status: 201 },
      { status: 204 },
    ]);
    expect(await remove(ofOwner.text, owners[1])).toMatchObject({ body: { code: 'members.last_owner' } });
  });

  test('[API-1] repeating a call with its Idempotency-Key answers the same, but shows no secret twice', async () => {
    const key = await newKey();
    const headers = { 'Idempotency-Key': randomUUID() };
    const again = () =>
      call(key.text, 'POST', '/v1/keys', { headers, body: { name: 'One', role: 'viewer' } });
    const [first, second] = [(await again()).body, (await again()).body] as { key: string | null }[];
    expect(first?.key).toMatch(/^plk_live_/);
    expect(second).toEqual({ ...first, key: null });
    const kept = await query<{ body: { key: null } }>(
      'select body from app.idempotency_keys where tenant_id = $1',
      [uuidOf(key.tenant)],
    );
    expect(kept).toMatchObject([{ body: { key: null } }]);
  });

  test('[IDN-8] a key makes no key that can do more than itself', async () => {
    const key = await newKey({ role: 'admin', scopes: ['keys:write', 'members:read'] });
    const make = (wanted: object) =>
      call(key.text, 'POST', '/v1/keys', { body: { name: 'Child', ...wanted } });
    const beyond = { status: 403, body: { code: 'keys.beyond_creator' } };
    expect(await make({ role: 'admin' })).toMatchObject(beyond);
    expect(await make({ role: 'viewer' })).toMatchObject(beyond);
    expect(await make({ role: 'owner', scopes: ['members:read'] })).toMatchObject(beyond);
    expect(await make({ role: 'admin', scopes: ['members:read'] })).toMatchObject({
      status: 201,
      body: { createdBy: key.id },
    });
  });

  test('[IDN-8] its last use is noted, to the hour', async () => {
    const key = await newKey();
    const noted = async () =>
      (
        await query<{ at: Date | null }>('select last_used_at as at from app.api_keys where id = $1', [
          uuidOf(key.id),
        ])
      )[0]?.at;
    expect(await noted()).toBeNull();
    await ask(key.text);
    const at = await noted();
    expect(at?.getTime()).toBe(Math.floor(Date.now() / 3_600_000) * 3_600_000);
  });
});

describe('creating a tenant', () => {
  test('[TEN-2] answers an administration key once, which works', async () => {
    const token = await chain.pool.token(newPerson());
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = { slug: `t-${randomUUID().slice(0, 8)}`, name: 'Acme', region: 'us', plan: 'basic' };
    const create = () => call(token, 'POST', '/v1/tenants', { headers, body });
    const [first, second] = [(await create()).body, (await create()).body] as {
      id: TenantId;
      apiKey: string | null;
    }[];
    expect(second).toEqual({ ...first, apiKey: null });
    const key = first?.apiKey ?? '';
    expect(await ask(key)).toMatchObject({ status: 200, body: { id: first?.id } });
    expect(await call(key, 'GET', '/v1/keys')).toMatchObject({
      body: { items: [{ role: 'admin', scopes: null, environment: 'live' }] },
    });
    const kept = await query<{ text: string }>(
      'select t::text as text from app.user_idempotency_keys t where t::text like $1',
      [`%${key.slice(17)}%`],
    );
    expect(kept).toEqual([]);
  });
});
