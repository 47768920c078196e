/** Who asks for what is not theirs is refused as ever, and kept: once an hour, without telling them anything. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { handler as tenancy } from '../../../functions/http/tenancy.ts';
import { formatId, type TenantId } from '#shared/contract/ids.ts';
import { remembering } from '#shared/middleware/once.ts';
import { type Answer, type Chain, startChain } from '#test/support/chain.ts';
import { storeKey } from '#test/support/stored-key.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

type Event = { tenant_id: string | null; user_id: string | null; type: string; subject: string };
type Row = Event & { detail: object; ip: string | null; user_agent: string | null };

/** The events about something, the platform's first. */
async function kept(subject: string, type = 'cross_tenant_attempt'): Promise<Row[]> {
  const { rows } = await chain.database.admin.query<Row>(
    `select tenant_id, user_id, type, subject, detail, ip, user_agent from app.security_events
     where subject = $1 and type = $2 order by tenant_id nulls first, id`,
    [subject, type],
  );
  return rows;
}

/** A member of some tenant, and their calls naming another. */
async function member() {
  const { userId, tenantId } = await foundTenant(chain.database.admin);
  const token = await chain.pool.token({ sub: userId, email: `${userId}@example.com`, name: 'Member' });
  const call = (tenant: string, more = {}): Promise<Answer> =>
    chain.call(tenancy, {
      ...{ method: 'GET', path: '/v1/tenant', token, headers: { 'x-tenant-id': tenant } },
      ...more,
    });
  return { userId, tenantId, own: formatId('tenant', tenantId), call };
}

const asTenant = (uuid: string): TenantId => formatId('tenant', uuid);

/** What an answer says beside the id of its request. */
const told = ({ status, body }: Answer) => ({ status, ...(body as object), instance: undefined });

describe('[TEN-11] somebody who names a tenant that is not theirs', () => {
  test('is answered as if there were none, whether or not there is one', async () => {
    const outsider = await member();
    const { own } = await member();
    const there = await outsider.call(own);
    const nowhere = await outsider.call(asTenant(randomUUID()));
    expect(there.status).toBe(404);
    expect(told(there)).toEqual(told(nowhere));
    expect(Object.keys(there.headers)).toEqual(Object.keys(nowhere.headers));
  });

  test('is kept for the platform with who it was, and for the tenant without', async () => {
    const outsider = await member();
    const { own, tenantId } = await member();
    await outsider.call(own);
    expect(await kept(own)).toEqual([
      {
        ...{ tenant_id: null, user_id: outsider.userId, type: 'cross_tenant_attempt', subject: own },
        ...{ detail: {}, ip: '203.0.113.7', user_agent: '' },
      },
      {
        ...{ tenant_id: tenantId, user_id: null, type: 'cross_tenant_attempt', subject: own },
        ...{ detail: {}, ip: null, user_agent: null },
      },
    ]);
  });

  test('is kept for the platform alone where there is no such tenant', async () => {
    const outsider = await member();
    const nobody = asTenant(randomUUID());
    await outsider.call(nobody);
    expect(await kept(nobody)).toMatchObject([{ tenant_id: null, user_id: outsider.userId }]);
  });

  test('is kept once an hour, however often they ask, and each of several for themselves', async () => {
    const [one, other, { own }] = [await member(), await member(), await member()];
    await Promise.all([one, one, one, other].map(({ call }) => call(own)));
    await one.call(own);
    const events = await kept(own);
    expect(events.map(({ user_id }) => user_id).filter((id) => id !== null)).toHaveLength(2);
    expect(events.filter(({ tenant_id }) => tenant_id !== null)).toHaveLength(2);
  });

  test('may be an API key, which the platform finds by its id', async () => {
    const { own: home } = await member();
    const { own } = await member();
    const { id, text } = await storeKey(chain.database.admin, home);
    const answer = await chain.call(tenancy, {
      ...{ method: 'GET', path: '/v1/tenant', token: text, headers: { 'x-tenant-id': own } },
    });
    expect(answer.status).toBe(404);
    expect(await kept(own)).toMatchObject([
      { tenant_id: null, user_id: null, detail: { apiKeyId: id } },
      { user_id: null, detail: {} },
    ]);
  });

  test('is refused all the same when the event cannot be kept, which the next attempt makes up for', async () => {
    const outsider = await member();
    const { own } = await member();
    const { admin } = chain.database;
    await admin.query('alter table app.security_events rename to security_events_away');
    const answer = await outsider.call(own);
    await admin.query('alter table app.security_events_away rename to security_events');
    expect(answer.status).toBe(404);
    expect(await kept(own)).toEqual([]);
    await outsider.call(own);
    expect(await kept(own)).toHaveLength(2);
  });

  test('is nothing that their own tenant’s login reads', async () => {
    const [{ own }, outsider] = [await member(), await member()];
    await outsider.call(own);
    const client = await chain.database.pool('app_tenant').connect();
    try {
      await client.query('begin');
      await client.query('select app.enter($1, $2, $3)', [outsider.tenantId, outsider.userId, 'test']);
      const { rowCount } = await client.query('select from app.security_events where subject = $1', [own]);
      expect(rowCount).toBe(0);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

describe('[TEN-11] [ACC-4] somebody who lacks a permission', () => {
  test('is kept in their own tenant, once an hour for each permission', async () => {
    const { tenantId, userId, own, call } = await member();
    await chain.database.admin.query("update app.memberships set role = 'viewer' where tenant_id = $1", [
      tenantId,
    ]);
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await call(own, { method: 'PATCH', body: { name: 'Renamed' } })).status).toBe(403);
    }
    const events = await kept('tenant:update', 'permission_denied');
    expect(events.filter((event) => event.tenant_id === tenantId)).toMatchObject([{ user_id: userId }]);
  });

  test('may be an API key: two keys are two events', async () => {
    const { tenantId, own } = await member();
    for (let turn = 0; turn < 2; turn += 1) {
      const { text } = await storeKey(chain.database.admin, own, { role: 'viewer' });
      const patch = { method: 'PATCH', path: '/v1/tenant', body: { name: 'Renamed' }, token: text };
      for (let again = 0; again < 2; again += 1) {
        expect((await chain.call(tenancy, patch)).status).toBe(403);
      }
    }
    const events = await kept('tenant:update', 'permission_denied');
    expect(events.filter((event) => event.tenant_id === tenantId)).toHaveLength(2);
  });
});

describe('what is done once', () => {
  test('is tried again where it failed or broke, and not while it is under way or done', async () => {
    const { once } = remembering();
    const outcomes = [Promise.reject(new Error('broke')), Promise.resolve(false), Promise.resolve(true)];
    outcomes[0]?.catch(() => undefined);
    let tries = 0;
    const work = () => outcomes[tries++] ?? Promise.resolve(true);
    await once('it', work);
    await Promise.all([once('it', work), once('it', work)]);
    expect(tries).toBe(2);
    for (let turn = 0; turn < 3; turn += 1) await once('it', work);
    expect(tries).toBe(3);
  });
});
