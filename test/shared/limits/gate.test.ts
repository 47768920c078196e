/** What the gate counts is exact, on a real table and whatever comes at once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { handler as tenancy } from '../../../functions/http/tenancy.ts';
import { formatId } from '#shared/contract/ids.ts';
import { usageCounters } from '#shared/limits/counters.ts';
import { usageLimits } from '#shared/config/plans.ts';
import { admit } from '#shared/limits/gate.ts';
import { send, updateOf } from '#shared/limits/item.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { usageWindow } from '#shared/limits/windows.ts';
import { type Chain, startChain } from '#test/support/chain.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain();
});

afterAll(() => chain.stop());

const soon = () => Date.now() + 2_000;

/** A tenant that has used so many API calls of this hour, and its owner's call. */
async function used(calls: number) {
  const { tenantId, userId } = await foundTenant(chain.database.admin);
  const update = updateOf(gateKeys.tenant(formatId('tenant', tenantId)));
  update.set(usageWindow('hour', 'UTC', new Date()).attribute, calls);
  await send(update, soon());
  const token = await chain.pool.token({ sub: userId, email: `${userId}@example.com`, name: 'Owner' });
  return { tenantId, call: () => chain.call(tenancy, { method: 'GET', path: '/v1/tenant', token }) };
}

describe('[LIM-2] the API calls of an hour', () => {
  test('the 1,001st of a basic tenant is refused, and says which limit it was', async () => {
    const { call } = await used(999);
    expect((await call()).status).toBe(200);
    const refused = await call();
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'limit.usage', policy: 'api_calls-hour' },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('a pro tenant’s is not, and after an upgrade the next call passes', async () => {
    const { call, tenantId } = await used(1_000);
    expect((await call()).status).toBe(429);
    await chain.database.admin.query("update app.tenants set plan = 'pro' where id = $1", [tenantId]);
    expect((await call()).status).toBe(200);
  });

  test('a breach is one security event, however many calls it refuses', async () => {
    const { call, tenantId } = await used(1_000);
    for (let turn = 0; turn < 3; turn += 1) await call();
    const { rows } = await chain.database.admin.query(
      'select type, subject from app.security_events where tenant_id = $1',
      [tenantId],
    );
    expect(rows).toEqual([{ type: 'limit_exceeded', subject: 'api_calls-hour' }]);
  });
});

test('[LIM-2] of 60 at once against 20 remaining exactly 20 are admitted', async () => {
  const now = new Date();
  for (let round = 0; round < 3; round += 1) {
    const key = gateKeys.tenant(formatId('tenant', randomUUID()));
    const counters = usageCounters(
      'exports',
      { ...usageLimits.basic, exports: { month: 20 } },
      {
        timeZone: 'UTC',
        now,
      },
    );
    const party = { key, counters, keptSeconds: 60 };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, () => admit(party, { now, deadlineMs: Date.now() + 10_000 })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    const reasons = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason)] : [],
    );
    expect(new Set(reasons)).toEqual(new Set(['Failure: limit.usage']));
  }
});
