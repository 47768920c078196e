/** Listing members, changing roles and removing people. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { membersOps as ops } from '#shared/members/members.ops.ts';
import { members as module } from '#shared/members/module.ts';
import { atOnce } from '../../support/at-once.ts';
import { type Actor, callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';

const members = { module, ops };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

async function owners(tenant: TenantId): Promise<number> {
  const { rowCount } = await kernel.database.admin.query(
    "select from app.memberships where tenant_id = $1 and role = 'owner'",
    [uuidOf(tenant)],
  );
  return rowCount ?? 0;
}

const demote = (actor: Actor, other: Actor, hold?: () => Promise<void>) =>
  callAs(actor, members, 'changeRole', { userId: other.user.id, role: 'admin' }, hold);

describe('the list of members', () => {
  test('[TEN-8] members are listed in the order they joined, and those of other tenants never', async () => {
    const owner = await kernel.found();
    const ada = await kernel.join(owner.tenant, 'auditor', 'Ada');
    await kernel.found();
    const { items, nextCursor } = await callAs(ada, members, 'list', {});
    expect(items).toMatchObject([
      { userId: owner.user.id, email: owner.user.email, role: 'owner' },
      { userId: ada.user.id, name: 'Ada', role: 'auditor' },
    ]);
    expect(nextCursor).toBeNull();
  });

  test('[API-1] pages neither repeat nor skip anybody who joined in the same microsecond', async () => {
    const owner = await kernel.found();
    for (let index = 0; index < 6; index += 1) await kernel.join(owner.tenant, 'viewer');
    await kernel.database.admin.query(
      "update app.memberships set created_at = '2026-11-21T10:00:00.123456Z' where tenant_id = $1 and role = 'viewer'",
      [uuidOf(owner.tenant)],
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 10; page += 1) {
      const { items, nextCursor } = await callAs(owner, members, 'list', {
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map((item) => item.userId));
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
  });

  test.each(['nonsense', Buffer.from('["2026-11-21",1]').toString('base64url')])(
    '[API-1] the made-up cursor %j is the caller’s mistake',
    async (cursor) => {
      const call = callAs(await kernel.found(), members, 'list', { cursor });
      await expect(call).rejects.toMatchObject(refusal('request.invalid'));
    },
  );
});

describe('changing a role', () => {
  test('[TEN-8] an owner changes it, and the trail says from what to what', async () => {
    const owner = await kernel.found();
    const { user } = await kernel.join(owner.tenant, 'viewer');
    const changed = await callAs(owner, members, 'changeRole', { userId: user.id, role: 'operator' });
    expect(changed).toMatchObject({ userId: user.id, role: 'operator', email: user.email });
    const { rows } = await kernel.database.admin.query(
      'select action, target_id, before, after from app.audit_events where tenant_id = $1',
      [uuidOf(owner.tenant)],
    );
    expect(rows).toEqual([
      {
        action: 'member.role_changed',
        target_id: user.id,
        before: { role: 'viewer' },
        after: { role: 'operator' },
      },
    ]);
  });

  test.each(['admin', 'operator', 'auditor', 'viewer'] as const)('[TEN-8] %s may not', async (role) => {
    const owner = await kernel.found();
    const call = demote(await kernel.join(owner.tenant, role), owner);
    await expect(call).rejects.toMatchObject(refusal('auth.forbidden'));
  });

  test('[TEN-5] a member of another tenant is not found', async () => {
    const [owner, other] = [await kernel.found(), await kernel.found()];
    await kernel.join(other.tenant, 'owner');
    await expect(demote(owner, other)).rejects.toMatchObject(refusal('resource.not_found'));
    expect(await owners(other.tenant)).toBe(2);
  });

  test('[TEN-8] the last owner stays one', async () => {
    const owner = await kernel.found();
    await expect(demote(owner, owner)).rejects.toMatchObject(refusal('members.last_owner'));
    await kernel.join(owner.tenant, 'owner');
    expect(await demote(owner, owner)).toMatchObject({ role: 'admin' });
    expect(await owners(owner.tenant)).toBe(1);
  });

  test('[TEN-8] of two owners who demote each other at once, one remains', async () => {
    const ada = await kernel.found();
    const grace = await kernel.join(ada.tenant, 'owner');
    const [first, second] = await atOnce(
      kernel.database.admin,
      (hold) => demote(ada, grace, hold),
      () => demote(grace, ada),
    );
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({ status: 'rejected', reason: refusal('members.last_owner') });
    expect(await owners(ada.tenant)).toBe(1);
  });

  test('[TEN-8] of two owners who step down at once, one remains', async () => {
    const ada = await kernel.found();
    const grace = await kernel.join(ada.tenant, 'owner');
    const [first, second] = await atOnce(
      kernel.database.admin,
      (hold) => demote(ada, ada, hold),
      () => demote(grace, grace),
    );
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({ status: 'rejected', reason: refusal('members.last_owner') });
    expect(await owners(ada.tenant)).toBe(1);
  });
});

describe('removing a member', () => {
  const remove = (actor: Actor, other: Actor, hold?: () => Promise<void>) =>
    callAs(actor, members, 'remove', { userId: other.user.id }, hold);

  test('[TEN-8] an admin removes a member, who is refused from then on', async () => {
    const { tenant } = await kernel.found();
    const [admin, viewer] = [await kernel.join(tenant, 'admin'), await kernel.join(tenant, 'viewer')];
    await remove(admin, viewer);
    await expect(callAs(viewer, members, 'list', {})).rejects.toMatchObject(refusal('resource.not_found'));
  });

  test.each(['operator', 'auditor', 'viewer'] as const)('[TEN-8] %s may not remove anybody', async (role) => {
    const { tenant } = await kernel.found();
    const [actor, viewer] = [await kernel.join(tenant, role), await kernel.join(tenant, 'viewer')];
    await expect(remove(actor, viewer)).rejects.toMatchObject(refusal('auth.forbidden'));
  });

  test('[TEN-8] an admin cannot remove an owner; an owner can', async () => {
    const owner = await kernel.found();
    const second = await kernel.join(owner.tenant, 'owner');
    const admin = await kernel.join(owner.tenant, 'admin');
    await expect(remove(admin, second)).rejects.toMatchObject(refusal('members.owner_only'));
    await remove(owner, second);
    expect(await owners(owner.tenant)).toBe(1);
  });

  test('[TEN-8] the last owner cannot be removed, not even by themselves', async () => {
    const owner = await kernel.found();
    await expect(remove(owner, owner)).rejects.toMatchObject(refusal('members.last_owner'));
    expect(await owners(owner.tenant)).toBe(1);
  });

  test('[TEN-8] of two owners who remove each other at once, one remains', async () => {
    const ada = await kernel.found();
    const grace = await kernel.join(ada.tenant, 'owner');
    const [first, second] = await atOnce(
      kernel.database.admin,
      (hold) => remove(ada, grace, hold),
      () => remove(grace, ada),
    );
    expect(first).toMatchObject({ status: 'fulfilled' });
    // Ada's call has made Grace a stranger by then.
    expect(second).toMatchObject({ status: 'rejected', reason: refusal('members.owner_only') });
    expect(await owners(ada.tenant)).toBe(1);
  });

  test('[TEN-5] a member of another tenant is not found, and stays', async () => {
    const [owner, other] = [await kernel.found(), await kernel.found()];
    const theirs = await kernel.join(other.tenant, 'viewer');
    await expect(remove(owner, theirs)).rejects.toMatchObject(refusal('resource.not_found'));
    expect(await callAs(theirs, members, 'list', {})).toMatchObject({ items: [{}, {}] });
  });

  test('[TEN-8] somebody who does not exist is not found', async () => {
    const call = callAs(await kernel.found(), members, 'remove', { userId: formatId('user', randomUUID()) });
    await expect(call).rejects.toMatchObject(refusal('resource.not_found'));
  });
});
