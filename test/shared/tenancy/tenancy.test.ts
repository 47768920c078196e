/** Founding a tenant, reading it and changing it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import { tenancy as module } from '#shared/tenancy/module.ts';
import { tenancyOps as ops } from '#shared/tenancy/tenancy.ops.ts';
import { callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const tenancy = { module, ops };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

const newSlug = (): string => `t-${randomUUID().slice(0, 12)}`;
const wanted = (slug = newSlug()) => ({ slug, name: 'Acme Ltd', region: 'us', plan: 'pro' }) as const;
const rows = async (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (await kernel.database.admin.query<Record<string, unknown>>(text, values)).rows;

describe('creating a tenant', () => {
  test('[TEN-1][TEN-2] the caller becomes the owner of an active, pooled tenant', async () => {
    const user = someone('Ada');
    const request = wanted();
    const tenant = await callAs({ user }, tenancy, 'create', request);
    expect(tenant).toMatchObject({ ...request, status: 'active', isolation: 'pool', domain: null });
    const [member] = await rows(
      'select u.id, u.email, u.name, m.role from app.memberships m join app.users u on u.id = m.user_id where m.tenant_id = $1',
      uuidOf(tenant.id),
    );
    expect(member).toEqual({ id: uuidOf(user.id), email: user.email, name: 'Ada', role: 'owner' });
  });

  test('[TEN-2] it asks to be provisioned, in the same transaction', async () => {
    const request = wanted();
    const tenant = await callAs({ user: someone() }, tenancy, 'create', request);
    const { name: _name, ...known } = request;
    expect(
      await rows('select kind, type, payload from app.outbox where tenant_id = $1', uuidOf(tenant.id)),
    ).toEqual([{ kind: 'event', type: 'onboardingRequest', payload: { tenantId: tenant.id, ...known } }]);
  });

  test('[AUD-1] it stands first in the tenant’s own trail', async () => {
    const user = someone();
    const tenant = await callAs({ user }, tenancy, 'create', wanted());
    expect(
      await rows(
        'select plane, actor_id, action, target_id, after from app.audit_events where tenant_id = $1',
        uuidOf(tenant.id),
      ),
    ).toMatchObject([
      {
        plane: 'user',
        actor_id: uuidOf(user.id),
        action: 'tenant.created',
        target_id: tenant.id,
        after: { slug: tenant.slug, region: 'us' },
      },
    ]);
  });

  test('[TEN-1] a slug belongs to one tenant', async () => {
    const taken = wanted();
    await callAs({ user: someone() }, tenancy, 'create', taken);
    const again = callAs({ user: someone() }, tenancy, 'create', taken);
    await expect(again).rejects.toMatchObject(refusal('tenancy.slug_taken'));
  });

  test('[TEN-1] of two who ask for one slug at the same time, one gets it', async () => {
    const contested = wanted();
    const outcomes = await Promise.allSettled(
      [someone(), someone()].map((user) => callAs({ user }, tenancy, 'create', contested)),
    );
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')).toMatchObject({
      reason: refusal('tenancy.slug_taken'),
    });
  });

  test.each(['ab', 'Acme', '9lives', '-acme', 'acme-', 'a_b', 'acme.co', 'a'.repeat(41), ''])(
    '[TEN-1] %j is not a slug',
    async (slug) => {
      const call = callAs({ user: someone() }, tenancy, 'create', wanted(slug));
      await expect(call).rejects.toMatchObject({
        ...refusal('request.invalid'),
        detail: { errors: [{ path: 'body.slug' }] },
      });
    },
  );

  test.each(['abc', 'a1b', 'a-b', 'a'.repeat(40)])('[TEN-1] %j is a slug', async (slug) => {
    expect(await callAs({ user: someone() }, tenancy, 'create', wanted(slug))).toMatchObject({ slug });
  });

  test('[TEN-1] a residency that this deployment does not serve is refused', async () => {
    const call = callAs({ user: someone() }, tenancy, 'create', { ...wanted(), region: 'eu' });
    await expect(call).rejects.toMatchObject(refusal('tenancy.wrong_region'));
  });

  test('[IDN-1] a caller whose e-mail address is not verified creates nothing', async () => {
    const user = { ...someone(), emailVerified: false };
    const request = wanted();
    const call = callAs({ user }, tenancy, 'create', request);
    await expect(call).rejects.toMatchObject(refusal('auth.email_unverified'));
    expect(await rows('select id from app.tenants where slug = $1', request.slug)).toEqual([]);
    expect(await rows('select id from app.users where id = $1', uuidOf(user.id))).toEqual([]);
  });
});

describe('the tenant of a call', () => {
  test('[TEN-4] a member reads their tenant', async () => {
    const owner = await kernel.found('Umbrella');
    expect(await callAs(owner, tenancy, 'get', {})).toMatchObject({ id: owner.tenant, name: 'Umbrella' });
  });

  test('[TEN-4] somebody else’s tenant cannot be told from one that does not exist', async () => {
    const { tenant } = await kernel.found();
    const call = callAs({ user: someone(), tenant }, tenancy, 'get', {});
    await expect(call).rejects.toMatchObject(refusal('resource.not_found'));
  });

  test('[TEN-5] a change reaches the caller’s tenant alone', async () => {
    const [mine, other] = [await kernel.found('Mine'), await kernel.found('Other')];
    await callAs(mine, tenancy, 'update', { name: 'Renamed' });
    expect(await callAs(mine, tenancy, 'get', {})).toMatchObject({ name: 'Renamed' });
    expect(await callAs(other, tenancy, 'get', {})).toMatchObject({ name: 'Other' });
  });

  test('[TEN-1] name and domain change one by one, and a domain can be given up', async () => {
    const owner = await kernel.found('Acme');
    const domain = `${owner.tenant.slice(-12)}.example.com`;
    await callAs(owner, tenancy, 'update', { domain });
    expect(await callAs(owner, tenancy, 'update', { name: 'New' })).toMatchObject({ name: 'New', domain });
    expect(await callAs(owner, tenancy, 'update', { domain: null })).toMatchObject({
      name: 'New',
      domain: null,
    });
  });

  test('[AUD-1] a change says what was and what is', async () => {
    const owner = await kernel.found('Before');
    await callAs(owner, tenancy, 'update', { name: 'After' });
    expect(
      await rows(
        'select action, before, after from app.audit_events where tenant_id = $1',
        uuidOf(owner.tenant),
      ),
    ).toEqual([
      {
        action: 'tenant.updated',
        before: { name: 'Before', domain: null },
        after: { name: 'After', domain: null },
      },
    ]);
  });

  test('[API-1] a null character, which the database cannot keep, is the caller’s mistake', async () => {
    const call = callAs(await kernel.found(), tenancy, 'update', { name: 'Acme\0Ltd' });
    await expect(call).rejects.toMatchObject({
      ...refusal('request.invalid'),
      detail: { errors: [{ path: 'body.name', message: 'contains a null character' }] },
    });
  });

  test('[API-1] half of a surrogate pair, which is JSON but no text, is the caller’s mistake', async () => {
    const owner = await kernel.found();
    await expect(callAs(owner, tenancy, 'update', { name: 'a\ud800b' })).rejects.toMatchObject({
      ...refusal('request.invalid'),
      detail: { errors: [{ path: 'body.name', message: 'is not valid Unicode' }] },
    });
  });

  test('[TEN-1] a domain can be claimed by anybody until somebody proves it', async () => {
    const [first, second] = [await kernel.found(), await kernel.found()];
    const domain = `${first.tenant.slice(-12)}.example.com`;
    for (const owner of [first, second]) {
      expect(await callAs(owner, tenancy, 'update', { domain })).toMatchObject({
        ...{ domain, domainVerifiedAt: null },
      });
    }
  });

  test('[TEN-1] residency, plan, slug and status are not the tenant’s to change', async () => {
    const owner = await kernel.found();
    for (const column of ['region', 'plan', 'slug', 'status', 'isolation']) {
      const pool = kernel.database.pool('app_tenant');
      const change = pool.query(`update app.tenants set ${column} = 'eu'`);
      await expect(change).rejects.toMatchObject({ code: '42501' });
    }
    expect(await callAs(owner, tenancy, 'get', {})).toMatchObject({ region: 'us', status: 'active' });
  });

  test.each(['operator', 'auditor', 'viewer'] as const)('[ACC-4] %s may not change it', async (role) => {
    const { tenant } = await kernel.found();
    const call = callAs(await kernel.join(tenant, role), tenancy, 'update', { name: 'Mine now' });
    await expect(call).rejects.toMatchObject(refusal('auth.forbidden'));
  });
});
