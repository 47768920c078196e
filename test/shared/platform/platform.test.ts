/** The platform's view of tenants. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import { platform as module } from '#shared/platform/module.ts';
import { platformOps as ops } from '#shared/platform/platform.ops.ts';
import { atOnce } from '../../support/at-once.ts';
import { type Actor, callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const platform = { module, ops };
const admin: Actor = { user: someone('Admin'), platformRoles: ['platform-admin'] };
const support: Actor = { user: someone('Support'), platformRoles: ['platform-support'] };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel('app_platform');
});
afterAll(() => kernel.stop());

const suspend = (tenantId: TenantId, actor = admin, hold?: () => Promise<void>) =>
  callAs(actor, platform, 'suspend', { tenantId, reason: 'Unpaid' }, hold);
const resume = (tenantId: TenantId, actor = admin) =>
  callAs(actor, platform, 'resume', { tenantId, reason: 'Paid' });

describe('the platform’s view', () => {
  test('[ACC-1] staff see tenants of all kinds, newest first', async () => {
    const [first, second] = [await kernel.found(), await kernel.found()];
    const { items } = await callAs(support, platform, 'tenants', { limit: 2 });
    expect(items.map((item) => item.id)).toEqual([second.tenant, first.tenant]);
    expect(await callAs(support, platform, 'tenant', { tenantId: first.tenant })).toEqual(items[1]);
  });

  test('[API-1] pages neither repeat nor skip tenants of the same microsecond', async () => {
    const name = randomUUID();
    for (let index = 0; index < 5; index += 1) await kernel.found(name);
    await kernel.database.admin.query(
      "update app.tenants set created_at = '2026-11-20T10:00:00.123456Z' where name = $1",
      [name],
    );
    const first = await callAs(admin, platform, 'tenants', { search: name, limit: 3 });
    const cursor = first.nextCursor ?? '';
    const rest = await callAs(admin, platform, 'tenants', { search: name, limit: 3, cursor });
    expect(new Set([...first.items, ...rest.items].map((item) => item.id)).size).toBe(5);
    expect(rest.nextCursor).toBeNull();
  });

  test('[TEN-1] tenants are found by a part of the name or slug, in any case, and by status', async () => {
    const name = `Umbrella 100%_${randomUUID()}`;
    const { tenant } = await kernel.found(name);
    const found = async (search: string, status?: 'active' | 'suspended') =>
      (await callAs(admin, platform, 'tenants', { search, ...(status ? { status } : {}) })).items.map(
        (item) => item.id,
      );
    expect(await found(name.slice(3).toUpperCase())).toEqual([tenant]);
    const { slug } = await callAs(admin, platform, 'tenant', { tenantId: tenant });
    expect(await found(slug)).toEqual([tenant]);
    expect(await found('%')).toEqual([tenant]);
    expect(await found(slug, 'active')).toEqual([tenant]);
    expect(await found(slug, 'suspended')).toEqual([]);
  });

  test('[ACC-1] a tenant that does not exist is not found', async () => {
    const tenantId = formatId('tenant', randomUUID());
    const gone = refusal('resource.not_found');
    await expect(callAs(admin, platform, 'tenant', { tenantId })).rejects.toMatchObject(gone);
    await expect(suspend(tenantId)).rejects.toMatchObject(gone);
    await expect(resume(tenantId)).rejects.toMatchObject(gone);
  });

  test('[ACC-1] an owner of a tenant is nobody here', async () => {
    const owner = await kernel.found();
    const call = callAs({ user: owner.user }, platform, 'tenants', {});
    await expect(call).rejects.toMatchObject(refusal('auth.forbidden'));
  });

  test.each([
    ['users', sql`select * from app.users`],
    ['memberships', sql`select * from app.memberships`],
    ['invitations', sql`select * from app.invitations`],
    ['audit_events', sql`select * from app.audit_events`],
    ['outbox', sql`select * from app.outbox`],
    ['idempotency_keys', sql`select * from app.idempotency_keys`],
  ])('[ACC-1] the platform’s login cannot read app.%s at all', async (_table, read) => {
    const { tenant } = await kernel.found();
    const pool = kernel.database.pool('app_platform');
    for (const tenantId of [null, uuidOf(tenant)]) {
      const entry = { tenantId, userId: uuidOf(admin.user.id), requestId: 'test' };
      await expect(transact(pool, entry, (tx) => tx.query(read))).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('[ACC-1] it changes a tenant’s status and plan and nothing else', async () => {
    await kernel.found();
    const pool = kernel.database.pool('app_platform');
    for (const change of ["name = 'x'", "slug = 'xyz'", "region = 'eu'"]) {
      await expect(pool.query(`update app.tenants set ${change}`)).rejects.toMatchObject({ code: '42501' });
    }
    await expect(pool.query('delete from app.tenants')).rejects.toMatchObject({ code: '42501' });
  });

  test('[AUD-1] it cannot pass its rows in a tenant’s trail off as the tenant’s own', async () => {
    const { tenant } = await kernel.found();
    const pool = kernel.database.pool('app_platform');
    const entry = { tenantId: null, userId: uuidOf(admin.user.id), requestId: 'test' };
    const forged = transact(pool, entry, (tx) =>
      tx.query(sql`
        insert into app.audit_events (tenant_id, id, plane, action, request_id)
        values (${uuidOf(tenant)}, ${randomUUID()}, 'tenant', 'forged', 'test')`),
    );
    await expect(forged).rejects.toMatchObject({ code: '42501' });
  });
});

describe('suspending and resuming', () => {
  test('[TEN-3, TEN-4] a suspended tenant stays so until it is resumed', async () => {
    const { tenant } = await kernel.found();
    expect(await suspend(tenant)).toMatchObject({ id: tenant, status: 'suspended' });
    await expect(suspend(tenant)).rejects.toMatchObject(refusal('platform.wrong_status'));
    expect(await resume(tenant)).toMatchObject({ id: tenant, status: 'active' });
    await expect(resume(tenant)).rejects.toMatchObject(refusal('platform.wrong_status'));
  });

  test.each(['provisioning', 'deleting', 'deleted'])(
    '[TEN-4] %s is not suspended or resumed',
    async (status) => {
      const { tenant } = await kernel.found();
      await kernel.database.admin.query('update app.tenants set status = $1 where id = $2', [
        status,
        uuidOf(tenant),
      ]);
      await expect(suspend(tenant)).rejects.toMatchObject(refusal('platform.wrong_status'));
      await expect(resume(tenant)).rejects.toMatchObject(refusal('platform.wrong_status'));
    },
  );

  test('[TEN-3] only the tenant that was named is suspended', async () => {
    const [named, other] = [await kernel.found(), await kernel.found()];
    await suspend(named.tenant);
    expect(await callAs(admin, platform, 'tenant', { tenantId: other.tenant })).toMatchObject({
      status: 'active',
    });
  });

  test('[TEN-3] of two who suspend at once, one does', async () => {
    const { tenant } = await kernel.found();
    const [first, second] = await atOnce(
      kernel.database.admin,
      (hold) => suspend(tenant, admin, hold),
      () => suspend(tenant),
    );
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({ status: 'rejected', reason: refusal('platform.wrong_status') });
  });

  test('[TEN-3, AUD-1] who did it and why stands in the tenant’s own trail', async () => {
    const { tenant } = await kernel.found();
    await suspend(tenant);
    const { rows } = await kernel.database.admin.query(
      'select plane, actor_id, action, reason, before, after from app.audit_events where tenant_id = $1',
      [uuidOf(tenant)],
    );
    expect(rows).toEqual([
      {
        plane: 'platform',
        actor_id: uuidOf(admin.user.id),
        action: 'tenant.suspended',
        reason: 'Unpaid',
        before: { status: 'active' },
        after: { status: 'suspended' },
      },
    ]);
  });

  test('[AUD-1] it takes a reason', async () => {
    const { tenant } = await kernel.found();
    const call = callAs(admin, platform, 'suspend', { tenantId: tenant, reason: '  ' });
    await expect(call).rejects.toMatchObject(refusal('request.invalid'));
  });

  test('[ACC-2] support may look, not suspend', async () => {
    const { tenant } = await kernel.found();
    await expect(suspend(tenant, support)).rejects.toMatchObject(refusal('auth.forbidden'));
    await expect(resume(tenant, support)).rejects.toMatchObject(refusal('auth.forbidden'));
  });
});
