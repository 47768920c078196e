/** Calling with an API key, through the whole chain: what it opens, and when it is refused. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { newId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { newKeySecret } from '#shared/tenancy/key-secret.ts';
import { storeKey } from '../../support/stored-key.ts';
import { newPerson } from '../../support/tokens.ts';
import { startCalling } from './calling.ts';

const { chain, call, ask, newTenant, newKey, query } = await startCalling();

afterAll(() => chain.stop());

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
