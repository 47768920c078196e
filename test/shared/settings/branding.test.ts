/** How a tenant's pages look: who says so, what is refused, and what the trail keeps of it. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import { settings as module } from '#shared/settings/module.ts';
import { settingsOps as ops } from '#shared/settings/settings.ops.ts';
import { callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';
import { picture } from './pictures.ts';

const settings = { module, ops };
let kernel: Kernel;
type Owner = Awaited<ReturnType<Kernel['found']>>;
type Change = Parameters<typeof callAs<typeof module.contract, 'brand'>>[3];

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

const look = (member: Owner) => callAs(member, settings, 'branding', {});
const brand = (member: Owner, change: Change) => callAs(member, settings, 'brand', change);
const plain = { name: null, color: null, logo: null };
const png = picture('png');
const logo = { type: 'image/png', data: png.toString('base64'), width: 24, height: 16 };

test('[UI-4] what a change of the branding does not name stays, and null removes', async () => {
  const owner = await kernel.found();
  expect(await look(owner)).toEqual(plain);
  await brand(owner, { name: ' Acme Orders ', color: '#3b6fd4' });
  expect(await brand(owner, { logo: logo.data })).toEqual({ name: 'Acme Orders', color: '#3b6fd4', logo });
  expect(await look(owner)).toEqual({ name: 'Acme Orders', color: '#3b6fd4', logo });
  expect(await brand(owner, { name: null, logo: null })).toEqual({ ...plain, color: '#3b6fd4' });
});

test('[UI-4, TEN-5] a tenant’s branding is its own, and leaves its other settings alone', async () => {
  const [mine, other] = [await kernel.found(), await kernel.found()];
  await callAs(mine, settings, 'update', { timeZone: 'Asia/Kuwait', environment: { SHOP: 'Acme' } });
  await brand(mine, { name: 'Mine', logo: logo.data });
  expect(await look(other)).toEqual(plain);
  const view = await callAs(mine, settings, 'get', {});
  expect(view).toMatchObject({ timeZone: 'Asia/Kuwait', environment: { SHOP: 'Acme' } });
  expect(JSON.stringify(view)).not.toContain('logo');
  await callAs(mine, settings, 'update', { timeZone: 'UTC' });
  expect(await look(mine)).toMatchObject({ name: 'Mine', logo });
});

test('[UI-4, ACC-4] every member sees the branding; administrators change it', async () => {
  const { tenant } = await kernel.found();
  const viewer = await kernel.join(tenant, 'viewer');
  const admin = await kernel.join(tenant, 'admin');
  await brand(admin, { color: '#aa2200' });
  expect(await look(viewer)).toMatchObject({ color: '#aa2200' });
  await expect(brand(viewer, { color: '#000000' })).rejects.toMatchObject(refusal('auth.forbidden'));
});

test.each<[object, string]>([
  [{ color: 'red' }, 'body.color'],
  [{ color: '#fff' }, 'body.color'],
  [{ color: '#3b6fd4;}body{display:none' }, 'body.color'],
  [{ name: '' }, 'body.name'],
  [{ name: 'x'.repeat(41) }, 'body.name'],
  [{ logo: '<svg onload="alert(1)">' }, 'body.logo'],
  [{ logo: 'A'.repeat(87_388) }, 'body.logo'],
])('[UI-4] a branding of another form is refused by its field (%#)', async (change, path) => {
  const call = brand(await kernel.found(), change);
  await expect(call).rejects.toMatchObject({
    ...refusal('request.invalid'),
    detail: { errors: [{ path }] },
  });
});

test('[UI-4] a logo that is no picture is refused, with the reason, and changes nothing', async () => {
  const owner = await kernel.found();
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>');
  const call = brand(owner, { name: 'Acme', logo: svg.toString('base64') });
  await expect(call).rejects.toMatchObject({
    ...refusal('settings.unfit_logo'),
    detail: { errors: [{ path: 'body.logo', message: 'It is not a whole PNG, JPEG or WebP picture.' }] },
  });
  expect(await look(owner)).toEqual(plain);
});

test('[UI-4, AUD-1] the trail says which picture it was, without keeping it', async () => {
  const owner = await kernel.found();
  await brand(owner, { color: '#3b6fd4', logo: logo.data });
  const { rows } = await kernel.database.admin.query(
    'select action, before, after from app.audit_events where tenant_id = $1',
    [uuidOf(owner.tenant)],
  );
  const sha256 = createHash('sha256').update(png).digest('hex');
  const kept = { type: 'image/png', width: 24, height: 16, sha256 };
  expect(rows).toEqual([
    {
      action: 'branding.changed',
      before: { color: null, logo: null },
      after: { color: '#3b6fd4', logo: kept },
    },
  ]);
});
