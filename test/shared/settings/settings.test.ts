/** What a tenant sets for itself, and what is on for it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { capabilityNames } from '#shared/config/capabilities.ts';
import { flagNames } from '#shared/config/flags.ts';
import { uuidOf } from '#shared/contract/ids.ts';
import { settings as module } from '#shared/settings/module.ts';
import { settingsOps as ops } from '#shared/settings/settings.ops.ts';
import { atOnce } from '../../support/at-once.ts';
import { callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';

const settings = { module, ops };
let kernel: Kernel;
type Owner = Awaited<ReturnType<Kernel['found']>>;
type Change = Parameters<typeof callAs<typeof module.contract, 'update'>>[3];

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

const get = (owner: Owner) => callAs(owner, settings, 'get', {});
const update = (owner: Owner, change: Change, hold?: () => Promise<void>) =>
  callAs(owner, settings, 'update', change, hold);
const off = { messaging: false, ai: false, exports: false, sync: false };

/** The mistakes that a change is refused with. */
async function mistakesOf(change: object, owner?: Owner): Promise<unknown> {
  const call = update(owner ?? (await kernel.found()), change);
  const failure = await call.then(
    () => undefined,
    (error: { problem: unknown; detail: { errors: unknown } }) => error,
  );
  expect(failure).toMatchObject(refusal('request.invalid'));
  return failure?.detail.errors;
}

describe('settings', () => {
  test('[TEN-10] a tenant that has set nothing has the defaults', async () => {
    expect(await get(await kernel.found())).toEqual({
      ...{ timeZone: 'UTC', environment: {}, flags: {}, switchedOff: off, updatedAt: null },
    });
  });

  test('[TEN-10] what a change does not name stays, and null removes', async () => {
    const owner = await kernel.found();
    await update(owner, { timeZone: 'Asia/Kuwait', environment: { SHOP_NAME: 'Acme', COLOUR: 'red' } });
    await update(owner, { environment: { COLOUR: null, SIZE: 'L' }, flags: { ai_chat: false } });
    expect(await update(owner, { switchedOff: { messaging: true } })).toMatchObject({
      timeZone: 'Asia/Kuwait',
      environment: { SHOP_NAME: 'Acme', SIZE: 'L' },
      flags: { ai_chat: false },
      switchedOff: { ...off, messaging: true },
    });
    const after = await update(owner, { switchedOff: { messaging: false }, flags: { ai_chat: null } });
    expect(after).toMatchObject({ flags: {}, switchedOff: off, updatedAt: expect.any(String) });
    expect(await get(owner)).toEqual(after);
  });

  test('[TEN-5] a change reaches the caller’s tenant alone', async () => {
    const [mine, other] = [await kernel.found(), await kernel.found()];
    await update(other, { timeZone: 'Europe/London' });
    await update(mine, { timeZone: 'Asia/Kuwait' });
    expect([(await get(mine)).timeZone, (await get(other)).timeZone]).toEqual([
      'Asia/Kuwait',
      'Europe/London',
    ]);
  });

  test('[TEN-10] of two changes at once, neither is lost', async () => {
    const owner = await kernel.found();
    const outcomes = await atOnce(
      kernel.database.admin,
      (hold) => update(owner, { environment: { FIRST: '1' } }, hold),
      () => update(owner, { environment: { SECOND: '2' } }),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect((await get(owner)).environment).toEqual({ FIRST: '1', SECOND: '2' });
  });

  test.each(['Mars/Olympus', 'GMT+99'])('[TEN-10] %s is no time zone', async (timeZone) => {
    const call = update(await kernel.found(), { timeZone });
    await expect(call).rejects.toMatchObject(refusal('settings.unknown_time_zone'));
  });

  test.each(['DB_PASSWORD', 'STRIPE_SECRET', 'API_KEY', 'ACCESS_TOKEN', 'SSH_PRIVATE_KEY'])(
    '[TEN-10] %s looks like a secret, which everybody in the tenant would read',
    async (name) => {
      const call = update(await kernel.found(), { environment: { [name]: 'x' } });
      await expect(call).rejects.toMatchObject({
        ...refusal('settings.looks_secret'),
        detail: { errors: [{ path: `body.environment.${name}` }] },
      });
    },
  );

  test('[TEN-10] there are at most fifty values of a thousand characters, with names in capitals', async () => {
    const owner = await kernel.found();
    const values = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_each, index) => [`V${from + index}`, 'x']));
    await update(owner, { environment: values(0, 50) });
    const call = update(owner, { environment: values(50, 51) });
    await expect(call).rejects.toMatchObject(refusal('settings.too_many_values'));
    await update(owner, { environment: { V0: null, V50: 'y'.repeat(1_000) } });
    expect(await mistakesOf({ environment: { V1: 'y'.repeat(1_001) } })).toMatchObject([
      { path: 'body.environment.V1' },
    ]);
    expect(await mistakesOf({ environment: { lower: 'x' } })).toMatchObject([
      { path: 'body.environment.lower' },
    ]);
  });

  test.each([
    [{ flags: { early_access: true } }, 'body.flags'],
    [{ flags: { no_such_flag: true } }, 'body.flags'],
    [{ switchedOff: { everything: true } }, 'body.switchedOff'],
  ])('[CAP-2, CAP-3] %j is not the tenant’s to set', async (change, path) => {
    expect(await mistakesOf(change)).toMatchObject([{ path }]);
  });

  test('[ACC-4] members see settings; administrators change them', async () => {
    const { tenant } = await kernel.found();
    for (const role of ['viewer', 'auditor', 'operator'] as const) {
      const member = await kernel.join(tenant, role);
      expect(await get(member)).toMatchObject({ timeZone: 'UTC' });
      await expect(update(member, { timeZone: 'UTC' })).rejects.toMatchObject(refusal('auth.forbidden'));
    }
    const admin = await kernel.join(tenant, 'admin');
    expect(await update(admin, { timeZone: 'Asia/Kuwait' })).toMatchObject({ timeZone: 'Asia/Kuwait' });
  });

  test('[AUD-1] the trail has what changed, before and after, and nothing else', async () => {
    const owner = await kernel.found();
    await update(owner, { timeZone: 'Asia/Kuwait' });
    await update(owner, { switchedOff: { ai: true }, timeZone: 'Asia/Kuwait' });
    const { rows } = await kernel.database.admin.query(
      'select action, before, after from app.audit_events where tenant_id = $1 order by id',
      [uuidOf(owner.tenant)],
    );
    const action = 'settings.changed';
    expect(rows).toEqual([
      { action, before: { timeZone: 'UTC' }, after: { timeZone: 'Asia/Kuwait' } },
      { action, before: { switchedOff: off }, after: { switchedOff: { ...off, ai: true } } },
    ]);
  });
});

describe('features', () => {
  const features = (owner: Owner) => callAs(owner, settings, 'features', {});
  const of = <Each extends { name: string }>(list: Each[], name: string) =>
    list.find((each) => each.name === name);

  test('[CAP-1] every capability and flag is named, with the reason', async () => {
    const { plan, capabilities, flags } = await features(await kernel.found());
    expect(plan).toBe('basic');
    expect(capabilities.map(({ name }) => name)).toEqual(capabilityNames);
    expect(flags.map(({ name }) => name)).toEqual(flagNames);
    expect(of(capabilities, 'audit')).toMatchObject({ on: true, reason: 'cannot be turned off' });
    expect(of(capabilities, 'billing')).toMatchObject({ on: false, reason: 'is not available yet' });
    expect(of(flags, 'early_access')).toMatchObject({ on: false, mayBeSet: false, reason: 'is the default' });
  });

  test('[CAP-2, CAP-3] what the tenant sets is in force with its next request', async () => {
    const owner = await kernel.found();
    await update(owner, { flags: { ai_chat: false }, switchedOff: { messaging: true } });
    const { capabilities, flags } = await features(owner);
    expect(of(flags, 'ai_chat')).toMatchObject({
      on: false,
      mayBeSet: true,
      reason: 'is chosen by the tenant',
    });
    expect(of(capabilities, 'invitations')).toMatchObject({
      ...{ on: false, reason: 'is switched off for the tenant' },
    });
  });

  test('[CAP-1] what the platform decided for the tenant counts for it alone', async () => {
    const [owner, other] = [await kernel.found(), await kernel.found()];
    await kernel.database.admin.query(
      `insert into app.tenant_overrides (tenant_id, capabilities, flags, switched_off)
       values ($1, '{"invitations": false}', '{"early_access": true}', '{ai}')`,
      [uuidOf(owner.tenant)],
    );
    const { capabilities, flags } = await features(owner);
    expect(of(capabilities, 'invitations')).toMatchObject({
      on: false,
      reason: 'is withheld from the tenant',
    });
    expect(of(flags, 'early_access')).toMatchObject({ on: true });
    expect(of((await features(other)).capabilities, 'invitations')).toMatchObject({ on: true });
  });

  test('[ACC-4] every member may know, under any name of a tenant but only their own', async () => {
    const { tenant } = await kernel.found();
    expect(await features(await kernel.join(tenant, 'viewer'))).toMatchObject({ plan: 'basic' });
    const stranger = { ...(await kernel.found()), tenant };
    await expect(features(stranger)).rejects.toMatchObject(refusal('resource.not_found'));
  });
});
