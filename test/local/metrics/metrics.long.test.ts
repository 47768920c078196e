/** Figures through the whole local stack: from what functions log to what administrators, staff and operators see. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TenantId } from '#shared/contract/ids.ts';
import type { OutputOf } from '#shared/contract/endpoint.ts';
import type { registry } from '#shared/registry.ts';
import { type BatterySite, startSite } from '#test/battery/support/site.ts';

let site: BatterySite;
let tenant: TenantId;
const tokens = { owner: '', viewer: '', staff: '' };

beforeAll(async () => {
  site = await startSite();
  tenant = await site.world.tenant();
  for (const role of ['owner', 'viewer'] as const) {
    tokens[role] = await site.world.token(await site.world.member(tenant, role));
  }
  const staff = await site.world.member(await site.world.tenant(), 'owner');
  tokens.staff = await site.world.token(staff, { 'cognito:groups': ['platform-admin'] });
}, 300_000);
afterAll(() => site.stop());

async function get(who: keyof typeof tokens, path: string) {
  const headers = {
    authorization: `Bearer ${tokens[who]}`,
    ...(who === 'staff' ? {} : { 'x-tenant-id': tenant }),
  };
  const response = await fetch(`${site.url}${path}`, { headers });
  return { status: response.status, body: (await response.json()) as unknown };
}

test('[OPS-1] an administrator sees the calls of the tenant a few seconds later, and a viewer does not', async () => {
  for (let call = 0; call < 5; call += 1) expect((await get('owner', '/v1/tenant')).status).toBe(200);
  expect((await get('viewer', '/v1/metrics')).status).toBe(403);
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { body } = await get('owner', '/v1/metrics?span=1h');
    const { requests } = body as OutputOf<typeof registry.metrics.contract.get>;
    if (requests.calls >= 6) {
      expect(requests.p95Ms).toBeGreaterThan(0);
      expect(requests.points.reduce((sum, { calls }) => sum + calls, 0)).toBe(requests.calls);
      return;
    }
    if (Date.now() > deadline) throw new Error(JSON.stringify(body));
    await sleep(1_000);
  }
}, 90_000);

test('[OPS-4] the staff see what CloudWatch counted, through a grant of its own', async () => {
  await site.stack.functions.invoke('plinth-dev-us-probe-canary', {});
  const { status, body } = await get('staff', '/v1/platform/fleet');
  expect(status).toBe(200);
  const fleet = body as OutputOf<typeof registry.platform.contract.fleet>;
  expect(fleet.unwatched).toBeNull();
  expect(fleet.api.calls).toBeGreaterThanOrEqual(6);
  expect(fleet.api).toMatchObject({ errorPercent: 0, uptimePercent: 100 });
  expect(fleet.tenants.total).toBeGreaterThan(0);
  expect((await get('owner', '/v1/platform/fleet')).status).toBe(403);
}, 60_000);

test('[OPS-4] the weekly pulse is in the mailbox, once', async () => {
  const isDue = new Date().getUTCDay() !== 1 || new Date().getUTCHours() >= 6;
  for (let times = 0; times < 2; times += 1) {
    await expect(site.stack.functions.invoke('plinth-dev-us-schedule-pulse', {})).resolves.toMatchObject({
      ok: true,
    });
  }
  const mails = site.stack.mail.list({ to: 'operators@dev.plinth.example' });
  expect(mails.map(({ subject }) => subject.replace(/[\d-]+$/, ''))).toEqual(
    isDue ? ['The fleet in the week of '] : [],
  );
}, 60_000);
