/** The gate on a DynamoDB and a Postgres that count: what it costs, and that what it remembers never lets anybody in. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { handler as settingsHandler } from '../../../functions/http/settings.ts';
import { handler as tenancy } from '../../../functions/http/tenancy.ts';
import { settings } from '#shared/config/environment.ts';
import { formatId, type TenantId } from '#shared/contract/ids.ts';
import { closePool } from '#shared/db/pool.ts';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import { read, send, updateOf } from '#shared/limits/item.ts';
import { type GateKey, gateKeys } from '#shared/limits/keys.ts';
import { publishVersion } from '#shared/limits/versions.ts';
import { minuteWindow } from '#shared/limits/windows.ts';
import { type Answer, type Chain, startChain } from '#test/support/chain.ts';
import { recordDynamoDb, type RecordedDynamoDb } from '#test/support/recorded-dynamodb.ts';
import { storeImpersonation } from '#test/support/stored-impersonation.ts';
import { storeKey } from '#test/support/stored-key.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';
import { startProxy } from '#test/shared/db/proxy.ts';

let chain: Chain;
let gate: RecordedDynamoDb;
let postgres: Awaited<ReturnType<typeof startProxy>>;

beforeAll(async () => {
  chain = await startChain();
  gate = await recordDynamoDb(chain.gatePort);
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${gate.port}`;
  const { host, port } = chain.database.database;
  postgres = await startProxy(host, port);
  Object.assign(settings.database(), { port: postgres.port });
});

afterEach(() => gate.decide(() => 'passes'));

afterAll(async () => {
  await closePool();
  await postgres.stop();
  await gate.stop();
  await chain.stop();
});

const soon = () => Date.now() + 5_000;

type Party = {
  tenant: TenantId;
  tenantId: string;
  userId: string;
  token: string;
  callers: { tenant: GateKey; user: GateKey };
  call: (more?: Partial<Parameters<Chain['call']>[1]>) => Promise<Answer>;
};

/** An owner who calls a new tenant. */
async function someone(): Promise<Party> {
  const { tenantId, userId } = await foundTenant(chain.database.admin);
  const tenant = formatId('tenant', tenantId);
  const token = await chain.pool.token({ sub: userId, email: `${userId}@example.com`, name: 'Owner' });
  return {
    ...{ tenant, tenantId, userId, token },
    callers: { tenant: gateKeys.tenant(tenant), user: gateKeys.user(formatId('user', userId)) },
    call: (more) =>
      chain.call(tenancy, {
        ...{ method: 'GET', path: '/v1/tenant', token, headers: { 'x-tenant-id': tenant } },
        ...more,
      }),
  };
}

/** The same, remembered by this instance. */
async function regular(): Promise<Party> {
  const party = await someone();
  for (let turn = 0; turn < 2; turn += 1) expect((await party.call()).status).toBe(200);
  return party;
}

/** Runs a call and tells what it cost. */
async function cost(call: () => Promise<Answer>) {
  gate.reset();
  postgres.reset();
  const answer = await call();
  return {
    status: answer.status,
    depth: gate.depth(),
    calls: gate.calls.map(({ operation }) => operation).toSorted(),
    writeUnits: gate.calls.reduce(
      (sum, { operation, units }) => sum + (operation === 'UpdateItem' ? units : 0),
      0,
    ),
    postgres: postgres.trips(),
  };
}

const thisMinute = () => minuteWindow(new Date()).attribute;

/** Sets the number of requests that somebody has made in this minute, as other instances would have counted them. */
async function counted(key: GateKey, requests: number): Promise<void> {
  const update = updateOf(key);
  update.set(thisMinute(), requests);
  await send(update, soon());
}

describe('[LIM-1] what the gate costs', () => {
  test('an ordinary request of a person: one round trip of two writes and a read, and none of its own to Postgres', async () => {
    const { call } = await regular();
    expect(await cost(call)).toEqual({
      ...{ status: 200, depth: 1, calls: ['GetItem', 'UpdateItem', 'UpdateItem'], writeUnits: 2 },
      // The operation's transaction.
      postgres: 2,
    });
  });

  test('an ordinary request of a key: the same', async () => {
    const { tenant } = await someone();
    const { text } = await storeKey(chain.database.admin, tenant);
    const call = () => chain.call(tenancy, { method: 'GET', path: '/v1/tenant', token: text });
    for (let turn = 0; turn < 2; turn += 1) await call();
    expect(await cost(call)).toMatchObject({ status: 200, depth: 1, writeUnits: 2, postgres: 2 });
  });

  test('[IDN-11] a request that support makes for a member: the same', async () => {
    const { tenant, userId } = await someone();
    const staffId = randomUUID();
    const [member, staff] = [formatId('user', userId), formatId('user', staffId)];
    const id = await storeImpersonation(chain.database.admin, { tenant, member, staff });
    const person = { sub: staffId, email: 'sam@example.com', name: 'Sam' };
    const token = await chain.pool.token(person, { claims: { 'cognito:groups': ['platform-support'] } });
    const call = () =>
      chain.call(tenancy, {
        ...{ method: 'GET', path: '/v1/tenant', token },
        headers: { 'x-tenant-id': tenant, 'plinth-impersonate': id },
      });
    for (let turn = 0; turn < 2; turn += 1) expect((await call()).status).toBe(200);
    expect(await cost(call)).toEqual({
      ...{ status: 200, depth: 1, calls: ['GetItem', 'UpdateItem', 'UpdateItem'], writeUnits: 2 },
      postgres: 2,
    });
  });

  test('a caller whom the instance has not seen: two', async () => {
    const { call } = await someone();
    expect(await cost(call)).toMatchObject({ status: 200, depth: 2, writeUnits: 2 });
  });

  test('near a limit: two', async () => {
    const { call, callers } = await regular();
    await counted(callers.tenant, 520);
    await call();
    expect(await cost(call)).toMatchObject({ status: 200, depth: 2, writeUnits: 2 });
  });

  test('whoever was refused within the last second: none at all', async () => {
    const { call, callers } = await regular();
    await counted(callers.user, 120);
    expect((await call()).status).toBe(429);
    expect(await cost(call)).toEqual({ status: 429, depth: 0, calls: [], writeUnits: 0, postgres: 0 });
  });
});

describe('[TEN-12] a refusal on one side costs the other nothing', () => {
  test('neither when both were counted at once, nor in turn', async () => {
    for (const isNear of [false, true]) {
      const { call, callers } = await regular();
      if (isNear) await counted(callers.user, 105);
      if (isNear) await call();
      await counted(callers.tenant, 600);
      const before = (await read(callers.user, soon()))[thisMinute()];
      expect(await call()).toMatchObject({ status: 429, body: { policy: 'tenant' } });
      expect((await read(callers.user, soon()))[thisMinute()]).toBe(before);
    }
    for (const isNear of [false, true]) {
      const { call, callers } = await regular();
      await counted(callers.tenant, isNear ? 520 : 20);
      await call();
      await counted(callers.user, 120);
      const before = (await read(callers.tenant, soon()))[thisMinute()];
      expect(await call()).toMatchObject({ status: 429, body: { policy: 'user' } });
      expect((await read(callers.tenant, soon()))[thisMinute()]).toBe(before);
    }
  });
});

describe('[TEN-10] what is remembered', () => {
  test('is read again when a newer version was published, after waiting for the change', async () => {
    const { call, tenantId, callers } = await regular();
    const { admin } = chain.database;
    await admin.query('begin');
    const { rows } = await admin.query<{ version: string }>(
      "update app.tenants set plan = 'pro' where id = $1 returning version",
      [tenantId],
    );
    await publishVersion(callers.tenant, Number(rows[0]?.version), soon());
    const waiting = call();
    setTimeout(() => void admin.query('commit'), 200);
    expect((await waiting).headers['ratelimit-policy']).toContain('"api_calls-hour";q=10000');
  });

  test('is read again and stays when the change was taken back, and the version with it', async () => {
    const { call, callers } = await regular();
    const { cv: before = 0 } = await read(callers.tenant, soon());
    await publishVersion(callers.tenant, before + 1_000_000, soon());
    expect((await call()).status).toBe(200);
    expect((await read(callers.tenant, soon())).cv).toBe(before);
    expect(await cost(call)).toMatchObject({ status: 200, depth: 1 });
  });

  test('[CAP-3] of the platform likewise', async () => {
    const { call } = await regular();
    const { cv: before = 0 } = await read(gateKeys.platform(), soon());
    await publishVersion(gateKeys.platform(), before + 1_000_000, soon());
    expect((await call()).status).toBe(200);
    const { rows } = await chain.database.admin.query<{ version: string }>(
      'select version from app.platform_settings',
    );
    expect((await read(gateKeys.platform(), soon())).cv).toBe(Number(rows[0]?.version));
  });

  test('never refuses: a role that grew lets its holder in at once, announced or not', async () => {
    const { call, tenantId, userId } = await someone();
    const { admin } = chain.database;
    await admin.query("update app.memberships set role = 'viewer' where tenant_id = $1", [tenantId]);
    const rename = { method: 'PATCH', body: { name: 'Renamed' } };
    expect((await call(rename)).status).toBe(403);
    await admin.query("update app.memberships set role = 'owner' where user_id = $1", [userId]);
    expect((await call(rename)).status).toBe(200);
  });
});

describe('a change of a configuration', () => {
  test('[CAP-3] is not made when the gate cannot be told of it', async () => {
    const { tenant, tenantId, token, callers } = await regular();
    // What publishes sets the version and nothing else.
    gate.decide(({ body, key }) =>
      key === callers.tenant && /^SET #cv = :v\d+$/.test(body.UpdateExpression ?? '') ? 'breaks' : 'passes',
    );
    const patched = await chain.call(settingsHandler, {
      ...{ method: 'PATCH', path: '/v1/settings', token, headers: { 'x-tenant-id': tenant } },
      body: { timeZone: 'Europe/Berlin' },
    });
    expect(patched).toMatchObject({ status: 503, body: { code: 'dependency.unavailable' } });
    const { rows } = await chain.database.admin.query(
      'select from app.tenant_settings where tenant_id = $1',
      [tenantId],
    );
    expect(rows).toEqual([]);
  });

  test('[TEN-10] that nobody announces is not committed', async () => {
    const { tenantId, userId } = await foundTenant(chain.database.admin);
    const pool = chain.database.pool('app_tenant');
    const entry = { tenantId, userId, requestId: 'test' };
    const demotion = transact(pool, entry, (tx) =>
      tx.query(sql`update app.memberships set role = 'viewer' where user_id = ${userId}`),
    );
    await expect(demotion).rejects.toMatchObject({ code: 'PLN02' });
    const early = transact(pool, entry, async (tx) => {
      await tx.query(sql`select app.announce('tenant', ${tenantId})`);
      await tx.query(sql`update app.memberships set role = 'viewer' where user_id = ${userId}`);
    });
    await expect(early).rejects.toMatchObject({ code: 'PLN02' });
    await transact(pool, entry, async (tx) => {
      await tx.query(sql`update app.memberships set role = 'viewer' where user_id = ${userId}`);
      await tx.query(sql`select app.announce('tenant', ${tenantId})`);
    });
  });
});
