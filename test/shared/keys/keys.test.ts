/** API keys as their tenant manages them: who may make which, and what is told of them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import { callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';
import {
  create,
  get,
  keys,
  mistake,
  nothing,
  revoke,
  rotate,
  securityEvents,
  textOf,
  verify,
} from './managing.ts';

let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

describe('making a key', () => {
  test('[IDN-8] it is shown once; afterwards nobody is told more than how it begins', async () => {
    const owner = await kernel.found();
    const made = await create(owner, { environment: 'test', allowedAddresses: ['203.0.113.0/24'] });
    const text = textOf(made);
    expect(made).toMatchObject({
      ...{ name: 'Nightly import', environment: 'test', role: 'viewer', scopes: null, status: 'active' },
      ...{
        allowedAddresses: ['203.0.113.0/24'],
        createdBy: owner.user.id,
        expiresAt: null,
        lastUsedAt: null,
      },
    });
    expect(text.startsWith(`${made.prefix}`)).toBe(true);
    const { key: _key, ...known } = made;
    expect(await get(owner, made.id)).toEqual(known);
    expect(await callAs(owner, keys, 'list', {})).toEqual({ items: [known], nextCursor: null });
  });

  test('[IDN-8] the database holds its hash and no trace of its text, in no table', async () => {
    const owner = await kernel.found();
    const secret = textOf(await create(owner)).slice(17);
    const { admin } = kernel.database;
    const { rows: tables } = await admin.query<{ name: string }>(
      "select relname as name from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r'",
    );
    expect(tables.length).toBeGreaterThan(5);
    for (const { name } of tables) {
      const { rowCount } = await admin.query(
        `select from app.${name} t where t::text like '%' || $1 || '%'`,
        [secret],
      );
      expect([name, rowCount]).toEqual([name, 0]);
    }
  });

  test('[AUD-1] the trail says who made what, and security is told', async () => {
    const owner = await kernel.found();
    const { id } = await create(owner);
    const { rows } = await kernel.database.admin.query(
      'select action, actor_type, actor_id, target_type, target_id, after from app.audit_events where tenant_id = $1',
      [uuidOf(owner.tenant)],
    );
    expect(rows).toMatchObject([
      {
        ...{ action: 'api_key.created', actor_type: 'person', actor_id: uuidOf(owner.user.id) },
        ...{ target_type: 'apiKey', target_id: id, after: { name: 'Nightly import', role: 'viewer' } },
      },
    ]);
    expect(await securityEvents(kernel, owner)).toEqual([{ type: 'api_key_created', subject: id }]);
  });

  test.each(['operator', 'auditor', 'viewer'] as const)(
    '[IDN-8] %s neither makes nor sees keys',
    async (role) => {
      const owner = await kernel.found();
      const made = await create(owner);
      const other = await kernel.join(owner.tenant, role);
      const forbidden = refusal('auth.forbidden');
      await expect(create(other)).rejects.toMatchObject(forbidden);
      await expect(get(other, made.id)).rejects.toMatchObject(forbidden);
      await expect(rotate(other, made.id)).rejects.toMatchObject(forbidden);
      await expect(revoke(other, made.id)).rejects.toMatchObject(forbidden);
    },
  );

  test('[IDN-8] nobody makes a key that can do what they cannot', async () => {
    const owner = await kernel.found();
    const admin = await kernel.join(owner.tenant, 'admin');
    const beyond = refusal('keys.beyond_creator');
    await expect(create(admin, { role: 'owner' })).rejects.toMatchObject(beyond);
    // Some rules look at the role itself: a narrow key of an owner would still be an owner's.
    await expect(create(admin, { role: 'owner', scopes: ['tenant:read'] })).rejects.toMatchObject(beyond);
    expect(await create(admin, { role: 'admin' })).toMatchObject({ role: 'admin' });
    expect(await create(owner, { role: 'owner', scopes: ['members:change_role'] })).toMatchObject({
      scopes: ['members:change_role'],
    });
  });

  test('[IDN-8] scopes are some of what the role holds', async () => {
    const call = create(await kernel.found(), { role: 'viewer', scopes: ['tenant:read', 'keys:write'] });
    await expect(call).rejects.toMatchObject(mistake('body.scopes', 'viewer does not hold keys:write'));
  });

  test.each([
    ['body.expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['body.allowedAddresses', { allowedAddresses: ['203.0.113.7', 'example.com'] }],
    ['body.allowedAddresses', { allowedAddresses: ['203.0.113.0/33'] }],
  ])('[API-1] a wrong %s is the caller’s mistake', async (path, wrong) => {
    await expect(create(await kernel.found(), wrong)).rejects.toMatchObject(mistake(path));
  });

  test('[API-1] an end is one that an answer can say: in UTC as well, its year has four digits', () => {
    const { body } = keys.module.contract.create;
    const isFine = (expiresAt: string) =>
      body?.safeParse({ name: 'Import', role: 'viewer', expiresAt }).success;
    expect(isFine('9999-12-31T23:59:58+11:30')).toBe(true);
    expect(isFine('9999-12-31T23:59:58-11:30')).toBe(false);
  });

  test('[API-1] keys are listed newest first, page by page', async () => {
    const owner = await kernel.found();
    const made = [];
    for (let index = 0; index < 5; index += 1) made.unshift((await create(owner)).id);
    const first = await callAs(owner, keys, 'list', { limit: 3 });
    const second = await callAs(owner, keys, 'list', { limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
    expect(second.nextCursor).toBeNull();
  });
});

describe('another tenant’s key', () => {
  test('[TEN-5] is not found, whatever is tried', async () => {
    const [owner, other] = [await kernel.found(), await kernel.found()];
    const made = await create(other);
    const missing = refusal('resource.not_found');
    await expect(get(owner, made.id)).rejects.toMatchObject(missing);
    await expect(rotate(owner, made.id)).rejects.toMatchObject(missing);
    await expect(callAs(owner, keys, 'update', { keyId: made.id, name: 'Mine' })).rejects.toMatchObject(
      missing,
    );
    await expect(revoke(owner, made.id)).rejects.toMatchObject(missing);
    expect(await callAs(owner, keys, 'list', {})).toEqual({ items: [], nextCursor: null });
    expect(await verify(owner, textOf(made))).toEqual(nothing);
    expect(await verify(other, textOf(made))).toMatchObject({ valid: true });
  });
});

describe('changing a key', () => {
  test('[IDN-8] its name and its addresses change, and the trail says from what', async () => {
    const owner = await kernel.found();
    const { id } = await create(owner);
    await callAs(owner, keys, 'update', { keyId: id, name: 'Hourly import' });
    const changed = await callAs(owner, keys, 'update', { keyId: id, allowedAddresses: ['203.0.113.7'] });
    expect(changed).toMatchObject({
      name: 'Hourly import',
      allowedAddresses: ['203.0.113.7'],
      role: 'viewer',
    });
    const { rows } = await kernel.database.admin.query(
      "select before, after from app.audit_events where tenant_id = $1 and action = 'api_key.updated' order by id",
      [uuidOf(owner.tenant)],
    );
    expect(rows[1]).toEqual({
      before: { name: 'Hourly import', allowedAddresses: [] },
      after: { name: 'Hourly import', allowedAddresses: ['203.0.113.7'] },
    });
  });

  test('[IDN-8] a key that has ended does not change any more', async () => {
    const owner = await kernel.found();
    const { id } = await create(owner);
    await revoke(owner, id);
    const call = callAs(owner, keys, 'update', { keyId: id, name: 'Again' });
    await expect(call).rejects.toMatchObject(refusal('keys.not_active'));
  });
});
