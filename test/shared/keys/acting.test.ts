/** What API keys do, through the whole chain: under their own name, and never more than they may. */
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { formatId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { storeKey } from '../../support/stored-key.ts';
import { newPerson } from '../../support/tokens.ts';
import { startCalling } from './calling.ts';

const { chain, call, ask, newKey, query } = await startCalling();

afterAll(() => chain.stop());

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
