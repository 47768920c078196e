/** What a plan does not include is refused, through the whole chain. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { capabilities, type Capability } from '#shared/config/capabilities.ts';
import { serve } from '#shared/middleware/serve.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

let chain: Chain;
let owner: Founded;
const handler = serve(tenancy, tenancyOps);
const original: Capability = { ...capabilities.tenancy };

beforeAll(async () => {
  chain = await startChain();
  owner = await foundTenant(chain.database.admin);
});
afterEach(() => {
  Object.assign(capabilities.tenancy, original, { plans: undefined });
});
afterAll(() => chain.stop());

async function getTenant(plan: string): Promise<Answer> {
  await chain.database.admin.query('update app.tenants set plan = $1 where id = $2', [plan, owner.tenantId]);
  const sub = owner.userId;
  const token = await chain.pool.token({ sub, email: 'owner@example.com', name: 'Owner' });
  return chain.call(handler, { method: 'GET', path: '/v1/tenant', token });
}

test('[CAP-1] a capability that is on is not in the way', async () => {
  expect((await getTenant('basic')).status).toBe(200);
});

test('[CAP-1] a capability that a plan does not include is refused to its tenants only', async () => {
  Object.assign(capabilities.tenancy, { plans: { basic: false } });
  const refused = await getTenant('basic');
  expect(refused).toMatchObject({ status: 403, body: { detail: 'The capability tenancy is off.' } });
  expect((await getTenant('pro')).status).toBe(200);
});

test('[CAP-1] a capability that is off by default is on where a plan includes it', async () => {
  Object.assign(capabilities.tenancy, { enabledByDefault: false, plans: { enterprise: true } });
  expect((await getTenant('basic')).status).toBe(403);
  expect((await getTenant('enterprise')).status).toBe(200);
});
