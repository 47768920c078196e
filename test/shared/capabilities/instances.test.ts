/**
 * What is decided in one process is in force with the very next request in another one: a kill switch, a
 * capability, a flag, a plan, a suspension. The instances share the database and the gate's table, nothing else.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { formatId } from '#shared/contract/ids.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';
import { type Instance, startInstance } from '../../support/instance.ts';
import { newPerson } from '../../support/tokens.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

let chain: Chain;
let instances: { first: Instance; second: Instance; platform: Instance };
let owner: Founded;
const staff = newPerson('Staff');
const reason = 'An incident';

beforeAll(async () => {
  chain = await startChain();
  const [first, second, platform] = await Promise.all([
    startInstance(),
    startInstance(),
    startInstance(chain.database.environment('app_platform')),
  ]);
  instances = { first, second, platform };
});
/** Both instances know the tenant, as it is before the change. */
beforeEach(async () => {
  owner = await foundTenant(chain.database.admin);
  for (const at of [instances.first, instances.second]) {
    expect((await features(at)).status).toBe(200);
    expect((await invite(at)).status).toBe(201);
  }
});
afterAll(async () => {
  await Promise.all(Object.values(instances).map((instance) => instance.stop()));
  await chain.stop();
});

type Ask = { method: string; path: string; params?: Record<string, string>; body?: unknown };

/** A request of the tenant's owner. */
async function ask(at: Instance, module: string, request: Ask): Promise<Answer> {
  return chain.call(at.handler(module), {
    ...request,
    headers: { 'idempotency-key': randomUUID(), 'x-tenant-id': formatId('tenant', owner.tenantId) },
    token: await chain.pool.token({ sub: owner.userId, email: 'owner@example.com', name: 'Owner' }),
  });
}

const features = (at: Instance) => ask(at, 'settings', { method: 'GET', path: '/v1/features' });
const invite = (at: Instance) =>
  ask(at, 'members', {
    ...{ method: 'POST', path: '/v1/invitations' },
    body: { email: `${randomUUID()}@example.com`, role: 'viewer' },
  });

/** A decision of the platform's staff. */
async function decide(method: string, path: string, body: object): Promise<void> {
  const answer = await chain.call(instances.platform.handler('platform'), {
    ...{ method, path, body: { reason, ...body } },
    ...(path.includes('{tenantId}') ? { params: { tenantId: formatId('tenant', owner.tenantId) } } : {}),
    token: await chain.pool.token(staff, { groups: ['platform-admin'] }),
  });
  expect(answer).toMatchObject({ status: 200 });
}
const decideForAll = (body: object) => decide('PATCH', '/v1/platform/settings', body);
const decideForTenant = (body: object) => decide('PATCH', '/v1/platform/tenants/{tenantId}/overrides', body);

describe('the very next request on another instance', () => {
  test('[CAP-3] is refused by a kill switch of the platform, and passes once it is back on', async () => {
    await decideForAll({ switchedOff: { messaging: true } });
    expect(await invite(instances.second)).toMatchObject({
      ...{ status: 403, body: { code: 'capability.switched_off' } },
    });
    await decideForAll({ switchedOff: { messaging: false } });
    expect((await invite(instances.second)).status).toBe(201);
  });

  test('[CAP-3] is refused by a kill switch of the tenant, and nobody else’s is', async () => {
    const set = (messaging: boolean) =>
      ask(instances.first, 'settings', {
        ...{ method: 'PATCH', path: '/v1/settings', body: { switchedOff: { messaging } } },
      });
    expect((await set(true)).status).toBe(200);
    expect(await invite(instances.second)).toMatchObject({
      status: 403,
      body: { detail: 'The capability invitations is switched off for the tenant.' },
    });
    const switched = owner;
    owner = await foundTenant(chain.database.admin);
    expect((await invite(instances.second)).status).toBe(201);
    owner = switched;
    expect((await set(false)).status).toBe(200);
    expect((await invite(instances.second)).status).toBe(201);
  });

  test('[CAP-1] is refused what the platform withheld from the tenant', async () => {
    await decideForTenant({ capabilities: { invitations: false } });
    expect(await invite(instances.second)).toMatchObject({
      status: 403,
      body: { code: 'capability.off', detail: 'The capability invitations is withheld from the tenant.' },
    });
    await decideForTenant({ capabilities: { invitations: null } });
    expect((await invite(instances.second)).status).toBe(201);
  });

  test('[CAP-1] is refused what the platform turned off for all', async () => {
    await decideForAll({ capabilities: { invitations: false } });
    expect(await invite(instances.second)).toMatchObject({ status: 403, body: { code: 'capability.off' } });
    await decideForAll({ capabilities: { invitations: null } });
    expect((await invite(instances.second)).status).toBe(201);
  });

  test('[CAP-2] sees a flag of the platform, of the tenant, and of the platform for the tenant', async () => {
    const flag = async (name: string) => {
      const { body } = await features(instances.second);
      return (body as { flags: { name: string; on: boolean }[] }).flags.find((each) => each.name === name)
        ?.on;
    };
    expect([await flag('early_access'), await flag('ai_chat')]).toEqual([false, true]);
    await decideForAll({ flags: { early_access: true } });
    expect(await flag('early_access')).toBe(true);
    await decideForTenant({ flags: { early_access: false } });
    expect(await flag('early_access')).toBe(false);
    await decideForAll({ flags: { early_access: null } });
    const body = { flags: { ai_chat: false } };
    await ask(instances.first, 'settings', { method: 'PATCH', path: '/v1/settings', body });
    expect(await flag('ai_chat')).toBe(false);
  });

  test('[TEN-10, LIM-2] has the limits of the new plan', async () => {
    const hourly = async () => (await features(instances.second)).headers['ratelimit-policy'] ?? '';
    expect(await hourly()).toContain('"api_calls-hour";q=1000;');
    await decide('PUT', '/v1/platform/tenants/{tenantId}/plan', { plan: 'pro' });
    expect(await hourly()).toContain('"api_calls-hour";q=10000;');
    expect((await features(instances.second)).body).toMatchObject({ plan: 'pro' });
    await decideForTenant({ usage: { api_calls: { hour: 5_000 } }, rates: { tenantPerMinute: 42 } });
    expect(await hourly()).toContain('"api_calls-hour";q=5000;');
    expect(await hourly()).toContain('"tenant";q=42;');
  });

  test('[TEN-3, TEN-4] is refused when the tenant was suspended, and passes once it is resumed', async () => {
    await decide('POST', '/v1/platform/tenants/{tenantId}/suspend', {});
    expect(await features(instances.second)).toMatchObject({
      status: 403,
      body: { code: 'tenant.suspended' },
    });
    await decide('POST', '/v1/platform/tenants/{tenantId}/resume', {});
    expect((await features(instances.second)).status).toBe(200);
  });
});
