/** People of all tenants, as the platform's staff find them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatId } from '#shared/contract/ids.ts';
import { platform as module } from '#shared/platform/module.ts';
import { platformOps as ops } from '#shared/platform/platform.ops.ts';
import { type Actor, callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const platform = { module, ops };
const admin: Actor = { user: someone('Admin'), platformRoles: ['platform-admin'] };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel('app_platform');
});
afterAll(() => kernel.stop());

const find = (search: string) => callAs(admin, platform, 'users', { search, reason: 'A question by phone' });

async function account(email: string, name = 'Somebody'): Promise<string> {
  const id = randomUUID();
  await kernel.database.admin.query('insert into app.users (id, email, name) values ($1, $2, $3)', [
    id,
    email,
    name,
  ]);
  return formatId('user', id);
}

describe('users', () => {
  test('[UI-2] are found by a part of the address or the name, in any case, and by their id', async () => {
    const mark = randomUUID();
    const id = await account(`${mark}@Users.example`, `Ada 100%_${mark}`);
    for (const search of [mark.toUpperCase(), `100%_${mark}`, id]) {
      expect((await find(search)).items.map((user) => user.id)).toEqual([id]);
    }
    expect((await find(`${mark}x`)).items).toEqual([]);
  });

  test('[UI-2] [TEN-4] come with the tenants they are members of, and their roles there', async () => {
    const { tenant, user: owner } = await kernel.found();
    const [user] = (await find(owner.id)).items;
    expect(user?.memberships).toEqual([expect.objectContaining({ tenantId: tenant, role: 'owner' })]);
  });

  test('[UI-2] are no list of everybody: too short a text is refused, and of many who fit the rest is left out', async () => {
    await expect(find('ab')).rejects.toMatchObject(refusal('request.invalid'));
    const mark = randomUUID();
    for (let index = 0; index < 51; index += 1) await account(`${index}@${mark}.example`);
    const { items, isCut } = await find(mark);
    expect([items.length, isCut]).toEqual([50, true]);
  });

  test('[AUD-2] that they were looked up stands in the trail, without what was looked for', async () => {
    const mark = randomUUID();
    const id = await account(`${mark}@users.example`);
    await find(mark);
    const { rows } = await kernel.database.admin.query<{ row: string }>(
      `select to_jsonb(a)::text as row from app.platform_audit_events a where action = 'user.looked_up'
       and after->'found' ? $1`,
      [id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).toContain('A question by phone');
    expect(rows[0]?.row).not.toContain(mark);
  });
});
