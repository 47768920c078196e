/** What a tenant's own look does to its pages, charts where the browser names no language, and the reference of the API. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { picture } from '../shared/settings/pictures.ts';
import { makeActivity } from './activity.ts';
import { setStage, type Stage, type Visitor } from './stage.ts';
import { barriers, goTo, overflow, said, settled } from './steps.ts';

let stage: Stage;
let owner: Visitor;
let page: Page;

beforeAll(async () => {
  stage = await setStage();
  await makeActivity(stage);
  owner = await stage.enter('owner');
  page = owner.page;
}, 300_000);
afterAll(() => (stage as Stage | undefined)?.stop(), 60_000);

test('[UI-4] a tenant’s name, colour and logo stand around its pages, readable, and nowhere else', async () => {
  const house = await filledColor(page);
  await goTo(page, '/t/acme/settings');
  await page.getByLabel('Name shown').fill('Acme Orders');
  await page.getByLabel('Colour').fill('#ffee00');
  await page.getByRole('button', { name: 'Logo' }).waitFor();
  await page.setInputFiles('input[type=file]', logoFile());
  await page.getByRole('button', { name: 'Save the look' }).click();
  await said(page, 'The look was saved.');
  await page.getByRole('link', { name: 'Acme Orders, to the overview' }).waitFor();
  expect(await page.locator('header img').getAttribute('src')).toMatch(/^data:image\/png;base64,/);
  expect(await page.title()).toContain('Acme Orders');
  expect(await filledColor(page)).not.toBe(house);
  expect(await barriers(page)).toEqual([]);

  const member = await stage.enter('owner', { width: 360, scheme: 'dark' });
  await member.page.getByRole('link', { name: 'Acme Orders, to the overview' }).waitFor();
  await settled(member.page);
  expect(await barriers(member.page)).toEqual([]);
  expect(await overflow(member.page)).toBe(0);
  expect(member.complaints).toEqual([]);
  await member.context.close();

  const admin = await stage.enter('admin');
  await admin.page.getByRole('link', { name: 'Plinth, to the overview' }).waitFor();
  expect(await filledColor(admin.page)).toBe(house);
  await admin.context.close();
}, 240_000);

test('[UI-4] a logo that is no picture is refused, with the reason', async () => {
  await goTo(page, '/t/acme/settings');
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  await page.setInputFiles('input[type=file]', { name: 'logo.png', mimeType: 'image/png', buffer: svg });
  await page.getByRole('button', { name: 'Save the look' }).click();
  await page.getByRole('alert').getByText('The picture cannot be a logo.').waitFor();
  expect(await barriers(page)).toEqual([]);
}, 120_000);

test('charts are drawn where the browser’s language is none', async () => {
  await owner.context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix' });
  });
  const strange = await owner.context.newPage();
  await strange.goto(`${stage.url}/t/acme/spend`);
  await strange.locator('.chart canvas').first().waitFor();
  await strange.close();
}, 120_000);

test('the reference names every endpoint, who may call it, and a call that can be copied', async () => {
  await goTo(page, '/reference');
  await page.getByLabel('Search by path, permission or words').fill('keys rotate');
  await page.getByText('/v1/keys/{keyId}/rotate').click();
  await page.getByText('who hold keys:write').waitFor();
  await page.getByText(/curl '.*\/v1\/keys\/KEY_ID\/rotate'/).waitFor();
  await page.getByRole('heading', { name: 'Refusals' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
}, 120_000);

test('nothing in the stories broke a script or met the content policy', () => {
  expect(owner.complaints).toEqual([]);
});

/** The colour of buttons, as the browser has it. */
function filledColor(where: Page): Promise<string> {
  return where.evaluate(() =>
    getComputedStyle(document.documentElement).getPropertyValue('--mantine-color-pine-7').trim(),
  );
}

function logoFile() {
  return { name: 'logo.png', mimeType: 'image/png', buffer: picture('png') };
}
