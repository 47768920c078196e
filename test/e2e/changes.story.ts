/** What an owner changes in the console, from the click to what the service remembers. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { makeActivity } from './activity.ts';
import { setStage, type Stage, type Visitor } from './stage.ts';
import { barriers, goTo, said, settled } from './steps.ts';

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

const inTenant = (path: string) => goTo(page, `/t/acme/${path}`);

test('[TEN-8] the last owner cannot step down, and is told what to do instead', async () => {
  await inTenant('members');
  await page.getByRole('button', { name: 'Actions for Olivia Owner' }).click();
  await page.getByRole('menuitem', { name: 'Change role' }).click();
  await page.getByLabel('Role', { exact: true }).selectOption('admin');
  await page.getByRole('button', { name: 'Change role' }).click();
  const alert = page.getByRole('dialog').getByRole('alert');
  await alert.getByText('A tenant keeps at least one owner.').waitFor();
  await alert.getByText('Make somebody else an owner first.').waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
}, 120_000);

test('[IDN-8] a key is made, shown once, rotated with an overlap, and revoked by its name', async () => {
  await inTenant('keys');
  await page.getByRole('button', { name: 'Make a key' }).first().click();
  await page.getByLabel('Name').fill('Warehouse');
  await page.getByLabel('Role', { exact: true }).selectOption('viewer');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const secret = (await page.getByTestId('secret').innerText()).trim();
  const answer = await fetch(`${stage.url}/v1/tenant`, { headers: { authorization: `Bearer ${secret}` } });
  expect(answer.status).toBe(200);
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  expect(await page.content()).not.toContain(secret);

  await page.getByRole('button', { name: 'Actions for Warehouse' }).click();
  await page.getByRole('menuitem', { name: 'Rotate' }).click();
  await page.getByRole('button', { name: 'Make the new key' }).click();
  expect((await page.getByTestId('secret').innerText()).trim()).not.toBe(secret);
  await page.getByRole('button', { name: 'I have kept it' }).click();

  await page.getByRole('button', { name: 'Actions for Warehouse' }).last().click();
  await page.getByRole('menuitem', { name: 'Revoke' }).click();
  const revoke = page.getByRole('button', { name: 'Revoke', exact: true });
  expect(await revoke.isDisabled()).toBe(true);
  await page.getByLabel('Type Warehouse to confirm').fill('Warehouse');
  await revoke.click();
  await said(page, '“Warehouse” was revoked.');
}, 120_000);

test('[CAP-3] a kill switch stops calls of models at once, and lets them go on', async () => {
  await inTenant('settings');
  const models = page.getByRole('switch', { name: 'Whatever calls a model' });
  await models.click();
  await page.getByRole('button', { name: 'Stop it' }).click();
  await said(page, 'Whatever calls a model is stopped.');
  await inTenant('playground');
  await page.getByLabel('Message').fill('Are you there?');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('alert').getByText('The kill switches stand in the settings.').waitFor();
  await inTenant('settings');
  await models.click();
  await said(page, 'Whatever calls a model goes on.');
}, 120_000);

test('[AI-1] [AI-2] a call in the playground is answered in pieces, priced, and in the ledger', async () => {
  await inTenant('playground');
  await page.getByLabel('Message').fill('Say hello to the team.');
  await page.getByRole('button', { name: 'What would it cost?' }).click();
  await page.getByText(/at most \$/).waitFor();
  await page.getByRole('button', { name: 'Send' }).click();
  await page
    .getByTestId('outcome')
    .getByText(/\$0\.0/)
    .waitFor();
  await inTenant('spend');
  await page.getByRole('group', { name: 'Calls of models' }).getByText('claude').first().waitFor();
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await page.getByRole('group', { name: 'Cost of AI' }).getByText(/\$/).first().waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV', exact: true }).click();
  const file = readFileSync(await (await download).path(), 'utf8');
  expect(file).toContain('cost in dollars');
}, 120_000);

test('[AUD-1] the trail shows what a change made of something, and is filtered by who and what', async () => {
  await inTenant('audit');
  await page.getByLabel('Action').fill('settings.changed');
  await page.getByRole('button', { name: 'Details of Settings changed' }).first().click();
  await page.getByRole('dialog').getByRole('group', { name: 'Differences' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  expect(new URL(page.url()).searchParams.get('action')).toBe('settings.changed');
}, 120_000);

test('[IDN-11] support is let in by the tenant, looks on under a notice, and is shown out', async () => {
  const admin = await stage.enter('admin');
  await inTenant('support');
  await page.getByRole('button', { name: 'Allow Ada Admin' }).click();
  await said(page, /Support may act/);
  await goTo(admin.page, '/platform/support');
  await admin.page.getByRole('button', { name: /^Begin/ }).click();
  await said(admin.page, /You act for the member/);
  await admin.page.getByRole('link', { name: 'Look on' }).click();
  await admin.page.getByText(/You act for Olivia Owner/).waitFor();
  await settled(admin.page);
  expect(await barriers(admin.page)).toEqual([]);
  await page.reload();
  await page.getByText(/of support acts for a member/).waitFor();
  await page.getByRole('button', { name: 'End it for Ada Admin' }).click();
  await said(page, /cannot act/);
  await admin.context.close();
}, 180_000);

test('[IDN-4] a session elsewhere is ended, and that browser asks to sign in', async () => {
  const other = await stage.enter('owner', { width: 360 });
  await goTo(page, '/me');
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await page.getByRole('button', { name: 'Sign out there' }).click();
  await said(page, 'You are signed out everywhere else.');
  await other.page.reload();
  await goToWelcome(other.page);
  await other.context.close();
}, 120_000);

test('the console is used without a mouse: skip link, dialogue, Escape, focus back', async () => {
  await inTenant('members');
  await page.reload();
  await settled(page);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
  await page.keyboard.press('Enter');
  const invite = page.getByRole('button', { name: 'Invite' });
  await invite.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'email');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.textContent === 'Invite');
}, 120_000);

test('nothing in the stories broke a script or met the content policy', () => {
  expect(owner.complaints).toEqual([]);
});

/** The page may notice with its first call or before it. */
async function goToWelcome(there: Page): Promise<void> {
  await there.getByRole('heading', { name: 'Welcome' }).waitFor();
}
