/** What AI costs the platform and brings in by tenant, as its staff see it: sums, to the pico-dollar. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { Plan } from '#shared/config/plans.ts';
import { platform as module } from '#shared/platform/module.ts';
import { platformOps as ops } from '#shared/platform/platform.ops.ts';
import { type Actor, callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const platform = { module, ops };
const admin: Actor = { user: someone('Admin'), platformRoles: ['platform-admin'] };
const support: Actor = { user: someone('Support'), platformRoles: ['platform-support'] };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel('app_platform');
});
beforeEach(async () => {
  await kernel.database.admin.query('delete from app.ai_calls');
});
afterAll(() => kernel.stop());

async function found(plan: Plan): Promise<TenantId> {
  const { tenant } = await kernel.found();
  await kernel.database.admin.query('update app.tenants set plan = $2 where id = $1', [uuidOf(tenant), plan]);
  return tenant;
}

/** A call that cost so many pico-dollars. */
async function cost(tenant: TenantId, pico: number, at = '2026-11-10T12:00:00Z', status = 'settled') {
  await kernel.database.admin.query(
    `insert into app.ai_calls (tenant_id, id, started_at, status, feature, provider, model, rule, cost_pico,
       reserved_pico, request_id)
     values ($1, gen_random_uuid(), $2, $3, 'chat', 'anthropic', 'claude-haiku-5-5', 'plan', $4, 0, 'r')`,
    [uuidOf(tenant), at, status, pico],
  );
}

const margins = (input: { month?: string; limit?: number; cursor?: string } = {}, actor = admin) =>
  callAs(actor, platform, 'aiMargins', { month: '2026-11', ...input });

describe('[AI-2] the margins of a month', () => {
  test('are each tenant’s cost, and the mark-up of its plan on it, rounded up, dearest first', async () => {
    const [basic, enterprise] = [await found('basic'), await found('enterprise')];
    // 201 and 30 % of it are 261.3 pico-dollars.
    for (const pico of [100, 101]) await cost(basic, pico);
    await cost(enterprise, 2_000_000_000_000);
    expect(await margins()).toMatchObject({
      month: '2026-11',
      items: [
        {
          ...{ tenantId: enterprise, plan: 'enterprise', calls: 1, markupPercent: 10 },
          ...{ cost: '2', charged: '2.2', margin: '0.2' },
        },
        {
          ...{ tenantId: basic, plan: 'basic', calls: 2, markupPercent: 30 },
          ...{ cost: '0.000000000201', charged: '0.000000000262', margin: '0.000000000061' },
        },
      ],
      total: {
        ...{ calls: 3, cost: '2.000000000201' },
        ...{ charged: '2.200000000262', margin: '0.200000000061' },
      },
      nextCursor: null,
    });
  });

  test('begin and end with the month in UTC, and count nothing that was imported', async () => {
    const tenant = await found('pro');
    await cost(tenant, 1, '2026-10-31T23:59:59.999Z');
    await cost(tenant, 10, '2026-11-01T00:00:00Z');
    await cost(tenant, 100, '2026-11-30T23:59:59.999Z');
    await cost(tenant, 1_000, '2026-12-01T00:00:00Z');
    await cost(tenant, 10_000, '2026-11-15T00:00:00Z', 'imported');
    expect((await margins()).total).toMatchObject({ calls: 2, cost: '0.00000000011' });
    expect((await margins({ month: '2026-12' })).total).toMatchObject({ calls: 1, cost: '0.000000001' });
  });

  test('come page by page, each with the total of all', async () => {
    const tenants = [await found('pro'), await found('pro'), await found('pro')];
    // Two cost the same: neither is skipped or told twice.
    for (const [index, tenant] of tenants.entries()) await cost(tenant, index === 0 ? 7 : 5);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await margins({ limit: 1, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.total.calls).toBe(3);
      seen.push(...page.items.map(({ tenantId }) => tenantId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen[0]).toBe(tenants[0]);
    expect([...seen].sort()).toEqual([...tenants].sort());
  });

  test('of a month without calls are nothing', async () => {
    await found('pro');
    expect(await margins({ month: '2026-02' })).toEqual({
      ...{ month: '2026-02', items: [], nextCursor: null },
      total: { calls: 0, cost: '0', charged: '0', margin: '0' },
    });
  });

  test.each([['2026-13'], ['1999-01'], ['2026-1'], ['november']])('are not told of %s', async (month) => {
    await expect(margins({ month })).rejects.toMatchObject(refusal('request.invalid'));
  });

  test.each([['made up'], [Buffer.from('["x","y"]').toString('base64url')]])(
    'are not told behind the cursor %s',
    async (cursor) => {
      await expect(margins({ cursor })).rejects.toMatchObject(refusal('request.invalid'));
    },
  );

  test('[ACC-1] are the administrators’: support does not see them, nor a tenant’s owner', async () => {
    const forbidden = refusal('auth.forbidden');
    await expect(margins({}, support)).rejects.toMatchObject(forbidden);
    const owner = await kernel.found();
    await expect(margins({}, { user: owner.user })).rejects.toMatchObject(forbidden);
  });
});
