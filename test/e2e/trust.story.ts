/** What an owner takes out of the tenant, and how the tenant is brought back: files with a purpose, backups, two people. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { readMail } from '../smoke/mailbox.ts';
import { setStage, type Stage, type Visitor } from './stage.ts';
import { barriers, goTo, said } from './steps.ts';

/** Files and backups are made in the background, by functions that start first. */
const workMs = 90_000;

let stage: Stage;
let owner: Visitor;
let second: Visitor;
let page: Page;

beforeAll(async () => {
  stage = await setStage();
  await admitColleague(stage);
  owner = await stage.enter('owner');
  page = owner.page;
}, 300_000);
afterAll(() => (stage as Stage | undefined)?.stop(), 60_000);

const inTenant = (path: string) => goTo(page, `/t/acme/${path}`);

test('[UI-1] [EXP-2] [EXP-3] a file is made for a purpose, followed, downloaded, and the download is in its log', async () => {
  const purpose = `The auditors asked for it, ${Date.now()}`;
  const row = page.getByRole('row').filter({ hasText: purpose });
  await inTenant('exports');
  await page
    .getByRole('button', { name: /^Export: .*[Aa]udit/ })
    .first()
    .click();
  const make = page.getByRole('button', { name: 'Make the file' });
  expect(await make.isDisabled()).toBe(true);
  await page.getByLabel('Purpose').fill('too short');
  expect(await make.isDisabled()).toBe(true);
  await page.getByLabel('Purpose').fill(purpose);
  expect(await barriers(page)).toEqual([]);
  await make.click();
  await said(page, /is being made/);
  const download = row.getByRole('button', { name: /^Download / });
  await download.waitFor({ timeout: workMs });
  const arriving = page.waitForEvent('download');
  await download.click();
  const file = readFileSync(await (await arriving).path(), 'utf8');
  expect(file).toContain('tenant.created');
  await row.getByRole('button', { name: /^Log of the downloads/ }).click();
  const log = page.getByRole('dialog');
  await log.getByRole('cell', { name: 'you' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
}, 240_000);

test('[UI-1] [AUD-1] the whole trail is verified by the press of a button', async () => {
  await inTenant('audit');
  await page.getByRole('button', { name: 'Verify now' }).click();
  await page.getByRole('status').filter({ hasText: 'verified: nothing was changed' }).waitFor();
  expect(await barriers(page)).toEqual([]);
}, 60_000);

test('[UI-1] [BKP-1] a backup is taken by hand, and offers the way back to it', async () => {
  await inTenant('backups');
  await page.getByRole('button', { name: 'Take a backup' }).click();
  await said(page, 'A backup is being taken.');
  await page.getByRole('button', { name: 'Restore', exact: true }).first().waitFor({ timeout: workMs });
  expect(await barriers(page)).toEqual([]);
}, 180_000);

test('[UI-1] [BKP-2] two people and the typed name bring the tenant back as it was', async () => {
  const inAcme = (method: string, body?: object) =>
    stage.call('owner', method, '/v1/settings', body, stage.demo.tenantId) as Promise<{ timeZone: string }>;
  const { timeZone } = await inAcme('GET');
  await inAcme('PATCH', { timeZone: 'Pacific/Auckland' });
  await inTenant('backups');
  await page.getByRole('button', { name: 'Restore', exact: true }).first().click();
  await page.getByLabel('Reason').fill('A wrong change of the settings');
  await page.getByRole('button', { name: 'Ask for it' }).click();
  await said(page, 'Somebody else has to agree now.');
  await page.getByText('Waits for somebody else').waitFor();

  second = await stage.enter('colleague', { width: 360 });
  await goTo(second.page, '/t/acme/backups');
  await second.page.getByRole('button', { name: 'Agree' }).click();
  await said(second.page, /Nothing changes yet/);
  const see = second.page.getByRole('button', { name: 'See the difference' });
  await see.waitFor({ timeout: workMs });
  expect(await barriers(second.page)).toEqual([]);
  await see.click();
  const dialog = second.page.getByRole('dialog');
  await dialog.getByText('tenant_settings').waitFor();
  expect(await barriers(second.page)).toEqual([]);
  const apply = dialog.getByRole('button', { name: 'Bring it back' });
  await dialog.getByLabel('Type acme to bring the tenant back').fill('acne');
  expect(await apply.isDisabled()).toBe(true);
  await dialog.getByLabel('Type acme to bring the tenant back').fill('acme');
  await apply.click();
  await said(second.page, 'The tenant is being brought back.');
  await second.page.getByRole('button', { name: 'Details' }).first().waitFor({ timeout: workMs });
  expect(await inAcme('GET')).toMatchObject({ timeZone });
}, 300_000);

test('nothing in the stories broke a script or met the content policy', () => {
  expect([...owner.complaints, ...second.complaints]).toEqual([]);
});

/** A second person who may agree: the colleague follows the invitation and becomes an owner as well. */
async function admitColleague({ call, demo, url }: Stage): Promise<void> {
  const { items } = (await call('colleague', 'GET', '/v1/me/memberships')) as { items: unknown[] };
  if (items.length > 0) return;
  const token = await readMail(`${url}/mail`, demo.users.colleague, /accept#token=(\S+)/);
  await call('colleague', 'POST', '/v1/invitations/accept', { token });
  const { id } = (await call('colleague', 'GET', '/v1/me')) as { id: string };
  await call('owner', 'PATCH', `/v1/members/${id}`, { role: 'owner' }, demo.tenantId);
}
