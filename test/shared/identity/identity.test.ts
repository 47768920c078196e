/** Profile, memberships and the default tenant. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import { identityOps as ops } from '#shared/identity/identity.ops.ts';
import { identity as module } from '#shared/identity/module.ts';
import { membersOps } from '#shared/members/members.ops.ts';
import { members as membersModule } from '#shared/members/module.ts';
import { tenancy as tenancyModule } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const identity = { module, ops };
const tenancy = { module: tenancyModule, ops: tenancyOps };
const members = { module: membersModule, ops: membersOps };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

const addTo = (tenant: Parameters<typeof uuidOf>[0], user: Parameters<typeof uuidOf>[0]) =>
  kernel.database.admin.query(
    "insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'viewer')",
    [uuidOf(tenant), uuidOf(user)],
  );

describe('the profile', () => {
  test('[IDN-1] the first call makes it, from the access token', async () => {
    const user = someone('Grace');
    expect(await callAs({ user }, identity, 'profile', {})).toMatchObject({
      id: user.id,
      email: user.email,
      name: 'Grace',
      defaultTenantId: null,
    });
  });

  test('[IDN-1] a name that was changed here is not undone by the next token', async () => {
    const user = someone('Grace');
    await callAs({ user }, identity, 'update', { name: '  Rear Admiral Hopper ' });
    expect(await callAs({ user }, identity, 'profile', {})).toMatchObject({ name: 'Rear Admiral Hopper' });
  });

  test('[IDN-1] a new e-mail address counts once it is verified', async () => {
    const user = someone();
    await callAs({ user }, identity, 'profile', {});
    const moved = { ...user, email: `moved-${user.email}` };
    const unproven = await callAs({ user: { ...moved, emailVerified: false } }, identity, 'profile', {});
    expect(unproven.email).toBe(user.email);
    expect((await callAs({ user: moved }, identity, 'profile', {})).email).toBe(moved.email);
  });

  test('[IDN-1] a name of the token that is too long is cut, not refused', async () => {
    const user = someone('x'.repeat(150));
    expect((await callAs({ user }, identity, 'profile', {})).name).toHaveLength(100);
  });
});

describe('memberships', () => {
  test('[TEN-4] the caller sees their own tenants and nobody else’s', async () => {
    const [first, second] = [await kernel.found('First'), await kernel.found('Second')];
    await kernel.found('Somebody else’s');
    await addTo(second.tenant, first.user.id);
    const { items } = await callAs({ user: first.user }, identity, 'memberships', {});
    expect(items).toMatchObject([
      { tenantId: first.tenant, name: 'First', role: 'owner', isDefault: false },
      { tenantId: second.tenant, name: 'Second', role: 'viewer', isDefault: false },
    ]);
  });

  test('[TEN-4] the chosen tenant is what calls mean that name none', async () => {
    const [first, second] = [await kernel.found(), await kernel.found()];
    await addTo(second.tenant, first.user.id);
    const { user } = first;
    await expect(callAs({ user }, tenancy, 'get', {})).rejects.toMatchObject(refusal('tenant.required'));
    const chosen = await callAs({ user }, identity, 'switchTenant', { tenantId: second.tenant });
    expect(chosen).toMatchObject({ tenantId: second.tenant, isDefault: true });
    expect(await callAs({ user }, tenancy, 'get', {})).toMatchObject({ id: second.tenant });
    expect(await callAs({ user }, identity, 'profile', {})).toMatchObject({
      defaultTenantId: second.tenant,
    });
  });

  test('[TEN-4] a tenant that is not the caller’s cannot be chosen', async () => {
    const [mine, other] = [await kernel.found(), await kernel.found()];
    const call = callAs({ user: mine.user }, identity, 'switchTenant', { tenantId: other.tenant });
    await expect(call).rejects.toMatchObject(refusal('resource.not_found'));
  });

  test('[TEN-4] whoever is removed loses the tenant as their default, and falls back to the other', async () => {
    const [home, acme] = [await kernel.found('Home'), await kernel.found('Acme')];
    await addTo(acme.tenant, home.user.id);
    const { user } = home;
    await callAs({ user }, identity, 'switchTenant', { tenantId: acme.tenant });
    await callAs(acme, members, 'remove', { userId: user.id });
    expect(await callAs({ user }, identity, 'profile', {})).toMatchObject({ defaultTenantId: null });
    expect(await callAs({ user }, tenancy, 'get', {})).toMatchObject({ id: home.tenant });
  });

  test('[TEN-4] the database itself refuses a default tenant that one does not belong to', async () => {
    const [mine, other] = [await kernel.found(), await kernel.found()];
    const change = kernel.database.admin.query('update app.users set default_tenant_id = $1 where id = $2', [
      uuidOf(other.tenant),
      uuidOf(mine.user.id),
    ]);
    await expect(change).rejects.toMatchObject({ constraint: 'users_default_membership' });
  });

  test('[TEN-5] outside a tenant people see themselves and nobody else', async () => {
    const { user, tenant } = await kernel.found();
    await kernel.join(tenant, 'viewer');
    const pool = kernel.database.pool('app_tenant');
    const entry = { tenantId: null, userId: uuidOf(user.id), requestId: 'test' };
    const seen = await transact(pool, entry, (tx) => tx.query(sql`select id from app.users`));
    expect(seen).toEqual([{ id: uuidOf(user.id) }]);
  });
});
