/** What the platform decides at run time, for all tenants and for one. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { formatId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { platform as module } from '#shared/platform/module.ts';
import { platformOps as ops } from '#shared/platform/platform.ops.ts';
import { atOnce } from '../../support/at-once.ts';
import { type Actor, callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const platform = { module, ops };
const admin: Actor = { user: someone('Admin'), platformRoles: ['platform-admin'] };
const support: Actor = { user: someone('Support'), platformRoles: ['platform-support'] };
const reason = 'An incident';
const off = { messaging: false, ai: false, exports: false, sync: false };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel('app_platform');
});
beforeEach(async () => {
  await kernel.database.admin.query(
    "update app.platform_settings set capabilities = '{}', flags = '{}', switched_off = '{}'",
  );
});
afterAll(() => kernel.stop());

const settings = (actor = admin) => callAs(actor, platform, 'settings', {});
const change = (body: object, actor = admin, hold?: () => Promise<void>) =>
  callAs(actor, platform, 'changeSettings', { reason, ...body }, hold);
const overrides = (tenantId: TenantId, actor = admin) => callAs(actor, platform, 'overrides', { tenantId });
const override = (tenantId: TenantId, body: object, actor = admin) =>
  callAs(actor, platform, 'changeOverrides', { tenantId, reason, ...body });
const setPlan = (tenantId: TenantId, plan: 'basic' | 'pro' | 'enterprise', actor = admin) =>
  callAs(actor, platform, 'changePlan', { tenantId, plan, reason });

async function trail(of?: TenantId) {
  const columns = 'actor_id, action, reason, before, after';
  const { rows } = await kernel.database.admin.query<Record<string, unknown>>(
    of === undefined
      ? `select ${columns} from app.platform_audit_events order by id desc limit 1`
      : `select ${columns} from app.audit_events where tenant_id = '${uuidOf(of)}' order by id desc limit 1`,
  );
  return rows[0];
}

/** The mistakes that a call is refused with. */
async function mistakesOf(call: Promise<unknown>): Promise<unknown> {
  const failure = await call.then(
    () => undefined,
    (error: { detail: { errors: unknown } }) => error,
  );
  expect(failure).toMatchObject(refusal('request.invalid'));
  return failure?.detail.errors;
}

describe('what holds for every tenant', () => {
  test('[CAP-1, CAP-2, CAP-3] nothing is decided until somebody decides', async () => {
    expect(await settings(support)).toMatchObject({ switchedOff: off, capabilities: {}, flags: {} });
  });

  test('[CAP-1, CAP-2, CAP-3] what a change does not name stays, and null takes a decision back', async () => {
    await change({ switchedOff: { ai: true }, capabilities: { invitations: false } });
    await change({ switchedOff: { sync: true }, flags: { early_access: true } });
    expect(await settings()).toMatchObject({
      switchedOff: { ...off, ai: true, sync: true },
      capabilities: { invitations: false },
      flags: { early_access: true },
    });
    await change({ switchedOff: { ai: false }, capabilities: { invitations: null } });
    expect(await settings()).toMatchObject({ switchedOff: { ...off, sync: true }, capabilities: {} });
  });

  test('[CAP-3] of two switches at once, neither is lost', async () => {
    await atOnce(
      kernel.database.admin,
      (hold) => change({ switchedOff: { ai: true } }, admin, hold),
      () => change({ switchedOff: { exports: true } }),
    );
    expect((await settings()).switchedOff).toEqual({ ...off, ai: true, exports: true });
  });

  test.each([
    [{ switchedOff: { everything: true } }, 'body.switchedOff'],
    [{ capabilities: { toasters: true } }, 'body.capabilities'],
    [{ flags: { no_such_flag: true } }, 'body.flags'],
    [{ flags: { ai_transcripts: true } }, 'body.flags.ai_transcripts'],
    [{ capabilities: { members: false } }, 'body.capabilities'],
    [{ capabilities: { platform: false } }, 'body.capabilities'],
    [{ reason: '' }, 'body.reason'],
  ])('[CAP-1, CAP-2, CAP-3] %j is refused by name', async (body, path) => {
    expect(await mistakesOf(change(body))).toMatchObject([{ path }]);
    expect(await settings()).toMatchObject({ switchedOff: off, capabilities: {}, flags: {} });
  });

  test('[AUD-1] it stands in the platform’s own trail: who, why, before and after', async () => {
    await change({ switchedOff: { messaging: true } });
    const expected = {
      action: 'platform.settings_changed',
      reason,
      before: { switchedOff: off },
      after: { switchedOff: { ...off, messaging: true } },
    };
    expect(await trail()).toEqual({ ...expected, actor_id: uuidOf(admin.user.id) });
    const { items } = await callAs(admin, platform, 'auditEvents', { limit: 1 });
    expect(items).toMatchObject([{ ...expected, actorId: admin.user.id }]);
    const none = await callAs(admin, platform, 'auditEvents', { action: 'something.else' });
    expect(none.items).toEqual([]);
  });

  test('[AUD-1] that trail is written and read, never changed, and nobody writes in another one’s name', async () => {
    await change({ flags: { early_access: true } });
    const pool = kernel.database.pool('app_platform');
    for (const statement of ['delete from', 'update']) {
      const what = statement === 'update' ? ' set reason = null' : '';
      const call = pool.query(`${statement} app.platform_audit_events${what}`);
      await expect(call).rejects.toMatchObject({ code: '42501' });
    }
    const forged = pool.query(
      "insert into app.platform_audit_events (id, actor_id, action, request_id) values ($1, $1, 'x', 'x')",
      [randomUUID()],
    );
    await expect(forged).rejects.toMatchObject({ code: '42501' });
    const read = kernel.database.pool('app_tenant').query('select from app.platform_audit_events');
    await expect(read).rejects.toMatchObject({ code: '42501' });
  });

  test('[ACC-2] support sees it and changes nothing; tenants see nothing', async () => {
    const forbidden = refusal('auth.forbidden');
    await expect(change({ switchedOff: { ai: true } }, support)).rejects.toMatchObject(forbidden);
    await expect(callAs(support, platform, 'auditEvents', {})).rejects.toMatchObject(forbidden);
    const owner = await kernel.found();
    await expect(settings({ user: owner.user })).rejects.toMatchObject(forbidden);
  });
});

describe('a tenant’s plan', () => {
  test('[TEN-1, LIM-2] it is changed by name, for that tenant alone, and audited in its trail', async () => {
    const [{ tenant }, { tenant: other }] = [await kernel.found(), await kernel.found()];
    expect(await setPlan(tenant, 'pro')).toMatchObject({ id: tenant, plan: 'pro' });
    expect(await trail(tenant)).toEqual({
      ...{ actor_id: uuidOf(admin.user.id), action: 'tenant.plan_changed', reason },
      ...{ before: { plan: 'basic' }, after: { plan: 'pro' } },
    });
    expect(await callAs(admin, platform, 'tenant', { tenantId: other })).toMatchObject({ plan: 'basic' });
  });

  test('[ACC-2] support changes no plan, and nobody that of a tenant that does not exist', async () => {
    const { tenant } = await kernel.found();
    await expect(setPlan(tenant, 'pro', support)).rejects.toMatchObject(refusal('auth.forbidden'));
    const gone = setPlan(formatId('tenant', randomUUID()), 'pro');
    await expect(gone).rejects.toMatchObject(refusal('resource.not_found'));
  });
});

describe('a tenant’s overrides', () => {
  const none = { rates: {}, usage: {}, capabilities: {}, flags: {}, switchedOff: off };

  test('[LIM-1, LIM-2, CAP-1] what a change does not name stays, and null goes back to the plan', async () => {
    const { tenant } = await kernel.found();
    expect(await overrides(tenant, support)).toEqual({ ...none, updatedAt: null });
    await override(tenant, {
      rates: { tenantPerMinute: 600, userPerMinute: 0 },
      usage: { api_calls: { hour: 'unlimited', month: 5_000 }, exports: { month: 1 } },
      capabilities: { invitations: false },
    });
    await override(tenant, {
      rates: { userPerMinute: null },
      usage: { api_calls: { month: null }, exports: null, messages: { day: 10 } },
      flags: { early_access: true },
      switchedOff: { ai: true },
    });
    expect(await overrides(tenant)).toMatchObject({
      rates: { tenantPerMinute: 600 },
      usage: { api_calls: { hour: 'unlimited' }, messages: { day: 10 } },
      capabilities: { invitations: false },
      flags: { early_access: true },
      switchedOff: { ...off, ai: true },
    });
    const { rows } = await kernel.database.admin.query(
      'select rates, usage from app.tenant_overrides where tenant_id = $1',
      [uuidOf(tenant)],
    );
    expect(rows).toEqual([
      { rates: { tenantPerMinute: 600 }, usage: { api_calls: { hour: null }, messages: { day: 10 } } },
    ]);
    const back = { rates: { tenantPerMinute: null }, usage: { api_calls: null, messages: { day: null } } };
    const rest = {
      capabilities: { invitations: null },
      flags: { early_access: null },
      switchedOff: { ai: false },
    };
    expect(await override(tenant, { ...back, ...rest })).toMatchObject(none);
  });

  test('[TEN-10] they are that tenant’s alone', async () => {
    const [{ tenant }, { tenant: other }] = [await kernel.found(), await kernel.found()];
    await override(other, { rates: { tenantPerMinute: 1 } });
    await override(tenant, { rates: { tenantPerMinute: 2 } });
    expect((await overrides(other)).rates).toEqual({ tenantPerMinute: 1 });
  });

  test.each([
    [{ usage: { toast: { day: 1 } } }, 'body.usage'],
    [{ usage: { exports: { decade: 1 } } }, 'body.usage.exports'],
    [{ usage: { exports: { month: -1 } } }, 'body.usage.exports.month'],
    [{ rates: { perSecond: 1 } }, 'body.rates'],
    [{ rates: { tenantPerMinute: 1.5 } }, 'body.rates.tenantPerMinute'],
    [{ capabilities: { audit: false } }, 'body.capabilities'],
    [{ flags: { no_such_flag: false } }, 'body.flags'],
    [{ switchedOff: { everything: true } }, 'body.switchedOff'],
  ])('[LIM-1, LIM-2, CAP-1] %j is refused by name', async (body, path) => {
    const { tenant } = await kernel.found();
    expect(await mistakesOf(override(tenant, body))).toMatchObject([{ path }]);
    expect(await overrides(tenant)).toMatchObject(none);
  });

  test('[AUD-1] the tenant’s own trail says who, why, before and after', async () => {
    const { tenant } = await kernel.found();
    await override(tenant, { capabilities: { invitations: false } });
    expect(await trail(tenant)).toEqual({
      ...{ actor_id: uuidOf(admin.user.id), action: 'tenant.overrides_changed', reason },
      ...{ before: { capabilities: {} }, after: { capabilities: { invitations: false } } },
    });
  });

  test('[ACC-2] support changes none, and a tenant that does not exist has none', async () => {
    const { tenant } = await kernel.found();
    const call = override(tenant, { rates: { tenantPerMinute: 1 } }, support);
    await expect(call).rejects.toMatchObject(refusal('auth.forbidden'));
    const nobody = formatId('tenant', randomUUID());
    await expect(overrides(nobody)).rejects.toMatchObject(refusal('resource.not_found'));
    await expect(override(nobody, {})).rejects.toMatchObject(refusal('resource.not_found'));
  });
});
