/** How API keys end: replaced, revoked, expired; and what verification says of them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiKeyId, formatId, newId, uuidOf } from '#shared/contract/ids.ts';
import { atOnce } from '../../support/at-once.ts';
import { type Actor, callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';
import { create, get, keys, nothing, revoke, rotate, securityEvents, textOf, verify } from './managing.ts';

let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

const hoursFromNow = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('rotating a key', () => {
  const endOf = async (owner: Actor, keyId: ApiKeyId) => {
    const { expiresAt } = await get(owner, keyId);
    return expiresAt === null ? Infinity : (Date.parse(expiresAt) - Date.now()) / 3_600_000;
  };

  test('[IDN-8] the new key has the rights of the old one, which goes on for a day', async () => {
    const owner = await kernel.found();
    const wanted = { role: 'admin', scopes: ['members:read'], allowedAddresses: ['203.0.113.7'] } as const;
    const old = await create(owner, {
      ...wanted,
      scopes: [...wanted.scopes],
      allowedAddresses: ['203.0.113.7'],
    });
    const made = await rotate(owner, old.id);
    expect(made).toMatchObject({ ...wanted, name: old.name, replaces: old.id, expiresAt: null });
    expect(textOf(made)).not.toBe(textOf(old));
    expect(await endOf(owner, old.id)).toBeCloseTo(24, 1);
    expect(await verify(owner, textOf(old))).toMatchObject({ code: 'VALID' });
    expect(await verify(owner, textOf(made))).toMatchObject({ code: 'VALID' });
    expect(await securityEvents(kernel, owner)).toContainEqual({ type: 'api_key_rotated', subject: old.id });
  });

  test('[IDN-8] the overlap is chosen, and seven days at most', async () => {
    const owner = await kernel.found();
    const [none, week] = [await create(owner), await create(owner)];
    await rotate(owner, none.id, { overlapHours: 0 });
    expect(await verify(owner, textOf(none))).toMatchObject({ code: 'EXPIRED' });
    await rotate(owner, week.id, { overlapHours: 168 });
    expect(await endOf(owner, week.id)).toBeCloseTo(168, 1);
    const call = rotate(owner, (await create(owner)).id, { overlapHours: 169 });
    await expect(call).rejects.toMatchObject(refusal('request.invalid'));
  });

  test('[IDN-8] it never makes the old key last longer', async () => {
    const owner = await kernel.found();
    const old = await create(owner, { expiresAt: hoursFromNow(2) });
    const made = await rotate(owner, old.id, { overlapHours: 48 });
    expect(await endOf(owner, old.id)).toBeCloseTo(2, 1);
    expect(await endOf(owner, made.id)).toBeCloseTo(2, 1);
    const longer = await rotate(owner, made.id, { expiresAt: hoursFromNow(100) });
    expect(await endOf(owner, longer.id)).toBeCloseTo(100, 1);
  });

  test('[IDN-8] a key is replaced once, also by two at once', async () => {
    const owner = await kernel.found();
    const old = await create(owner);
    const outcomes = await atOnce(
      kernel.database.admin,
      (hold) => rotate(owner, old.id, {}, hold),
      () => rotate(owner, old.id),
    );
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: refusal('keys.not_active') },
    ]);
    await expect(rotate(owner, old.id)).rejects.toMatchObject(refusal('keys.not_active'));
    expect((await callAs(owner, keys, 'list', {})).items).toHaveLength(2);
  });

  test('[IDN-8] nobody gets a key by rotating one that can do more than they', async () => {
    const owner = await kernel.found();
    const admin = await kernel.join(owner.tenant, 'admin');
    const old = await create(owner, { role: 'owner' });
    await expect(rotate(admin, old.id)).rejects.toMatchObject(refusal('keys.beyond_creator'));
    expect(await get(owner, old.id)).toMatchObject({ expiresAt: null });
  });

  test.each([
    ['revoked', 'revoked_at'],
    ['expired', 'expires_at'],
  ])('[IDN-8] a key that is %s cannot be brought back', async (_name, column) => {
    const owner = await kernel.found();
    const { id } = await create(owner);
    await kernel.database.admin.query(`update app.api_keys set ${column} = now() where id = $1`, [
      uuidOf(id),
    ]);
    await expect(rotate(owner, id)).rejects.toMatchObject(refusal('keys.not_active'));
  });
});

describe('revoking a key', () => {
  test('[IDN-8] it has ended, stays listed, and security is told', async () => {
    const owner = await kernel.found();
    const made = await create(owner);
    await revoke(owner, made.id);
    const shown = await get(owner, made.id);
    expect(shown.status).toBe('revoked');
    expect(shown.revokedAt).not.toBeNull();
    expect(await verify(owner, textOf(made))).toMatchObject({ valid: false, code: 'DISABLED' });
    expect(await securityEvents(kernel, owner)).toContainEqual({ type: 'api_key_revoked', subject: made.id });
  });

  test('[IDN-8] there is nothing to revoke a second time', async () => {
    const owner = await kernel.found();
    const { id } = await create(owner);
    await revoke(owner, id);
    const missing = refusal('resource.not_found');
    await expect(revoke(owner, id)).rejects.toMatchObject(missing);
    await expect(revoke(owner, newId('apiKey'))).rejects.toMatchObject(missing);
  });
});

describe('verifying a key', () => {
  test('[IDN-8] the codes are those of Unkey', async () => {
    const owner = await kernel.found();
    const made = await create(owner, {
      role: 'admin',
      scopes: ['members:read'],
      allowedAddresses: ['203.0.113.7'],
    });
    const text = textOf(made);
    expect(await verify(owner, text)).toEqual({
      ...{ valid: true, code: 'VALID', keyId: made.id, environment: 'live', role: 'admin' },
      ...{ permissions: ['members:read'], expiresAt: null },
    });
    expect(
      await verify(owner, text, { permissions: ['members:read'], address: '203.0.113.7' }),
    ).toMatchObject({
      code: 'VALID',
    });
    const codeOf = async (more: Parameters<typeof verify>[2]) => (await verify(owner, text, more)).code;
    expect(await codeOf({ permissions: ['members:read', 'members:remove'] })).toBe(
      'INSUFFICIENT_PERMISSIONS',
    );
    expect(await codeOf({ address: '203.0.113.8' })).toBe('FORBIDDEN');
    expect(await codeOf({ address: 'nowhere' })).toBe('FORBIDDEN');
    await kernel.database.admin.query('update app.api_keys set expires_at = now() where id = $1', [
      uuidOf(made.id),
    ]);
    expect(await codeOf({})).toBe('EXPIRED');
    await revoke(owner, made.id);
    expect(await codeOf({})).toBe('DISABLED');
  });

  test.each(['x', 'plk_live_', `plk_live_${'A'.repeat(36)}_000000`, formatId('apiKey', 'x')])(
    '[IDN-8] %j is no key',
    async (text) => {
      expect(await verify(await kernel.found(), text)).toEqual(nothing);
    },
  );
});
