/** What a plan does not include is refused, through the whole chain. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { capabilities, type Capability } from '#shared/config/capabilities.ts';
import { members } from '#shared/members/module.ts';
import { membersOps } from '#shared/members/members.ops.ts';
import { serve } from '#shared/middleware/serve.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

let chain: Chain;
const handler = serve(members, membersOps);
const original: Capability = { ...capabilities.invitations };

beforeAll(async () => {
  chain = await startChain();
});
afterEach(() => {
  Object.assign(capabilities.invitations, original, { plans: undefined });
});
afterAll(() => chain.stop());

/** The owner of a new tenant of that plan invites somebody. */
async function invite(plan: string): Promise<Answer> {
  const owner: Founded = await foundTenant(chain.database.admin);
  await chain.database.admin.query('update app.tenants set plan = $1 where id = $2', [plan, owner.tenantId]);
  return chain.call(handler, {
    ...{ method: 'POST', path: '/v1/invitations' },
    body: { email: `${randomUUID()}@example.com`, role: 'viewer' },
    headers: { 'idempotency-key': randomUUID() },
    token: await chain.pool.token({ sub: owner.userId, email: 'owner@example.com', name: 'Owner' }),
  });
}

test('[CAP-1] a capability that is on is not in the way', async () => {
  expect((await invite('basic')).status).toBe(201);
});

test('[CAP-1] a capability that a plan does not include is refused to its tenants only', async () => {
  Object.assign(capabilities.invitations, { plans: { basic: false } });
  const detail = 'The capability invitations is not part of the plan.';
  expect(await invite('basic')).toMatchObject({ status: 403, body: { code: 'capability.off', detail } });
  expect((await invite('pro')).status).toBe(201);
});

test('[CAP-1, VAL-1] a capability that is off by default is on where a plan includes it', async () => {
  Object.assign(capabilities.invitations, { enabledByDefault: false, plans: { pro: true } });
  const detail = 'The capability invitations is off by default.';
  expect(await invite('basic')).toMatchObject({ status: 403, body: { code: 'capability.off', detail } });
  expect((await invite('pro')).status).toBe(201);
});
