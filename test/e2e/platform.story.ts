/** What the staff do in the console: find a tenant, suspend it and let it go on, stop something for everybody. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setStage, type Stage, type Visitor } from './stage.ts';
import { barriers, goTo, said, settled } from './steps.ts';

let stage: Stage;
let admin: Visitor;

beforeAll(async () => {
  stage = await setStage();
  admin = await stage.enter('admin');
}, 300_000);
afterAll(() => (stage as Stage | undefined)?.stop(), 60_000);

test('[UI-2] [TEN-3] a tenant is found, suspended by its short name, refused, and resumed', async () => {
  const { page } = admin;
  await goTo(page, '/platform');
  await page.getByLabel('Search by name or short name').fill('acm');
  await page.getByRole('button', { name: 'Actions for Acme Ltd' }).click();
  await page.getByRole('menuitem', { name: 'Suspend' }).click();
  await page.getByLabel('Reason').fill('An invoice is overdue');
  await page.getByLabel('Type acme to confirm').fill('acme');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Suspend', exact: true }).click();
  await said(page, 'Acme Ltd is suspended.');

  const owner = await stage.enter('owner', { width: 360 });
  await owner.page.getByText('The tenant is suspended.').waitFor();
  expect(await barriers(owner.page)).toEqual([]);
  await owner.context.close();

  await page.getByRole('button', { name: 'Actions for Acme Ltd' }).click();
  await page.getByRole('menuitem', { name: 'Resume' }).click();
  await page.getByLabel('Reason').fill('It was paid');
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await said(page, 'Acme Ltd goes on.');
}, 180_000);

test('[CAP-3] what is stopped for all is stopped, with the reason in the trail of the platform', async () => {
  const { page } = admin;
  await goTo(page, '/platform/settings');
  await page.getByRole('switch', { name: 'Whatever leaves as a file' }).click();
  await page.getByLabel('Reason').fill('An incident with files');
  await page.getByRole('button', { name: 'Change it for all' }).click();
  await said(page, 'It holds for every tenant.');
  await goTo(page, '/platform/audit');
  await page.getByText('An incident with files').waitFor();
  await goTo(page, '/platform/settings');
  await page.getByRole('switch', { name: 'Whatever leaves as a file' }).click();
  await page.getByLabel('Reason').fill('It is over');
  await page.getByRole('button', { name: 'Change it for all' }).click();
  await said(page, 'It holds for every tenant.');
}, 120_000);

test('[UI-2] [AUD-2] people are found by a part of their address, for a reason that stands in the trail', async () => {
  const { page } = admin;
  await goTo(page, '/platform/users');
  const find = page.getByRole('button', { name: 'Find' });
  await page.getByLabel('Reason').fill('A ticket about a lost account');
  await page.getByLabel('Whom').fill('ow');
  expect(await find.isDisabled()).toBe(true);
  await page.getByLabel('Whom').fill(stage.demo.users.owner);
  await find.click();
  const found = page.getByRole('row').filter({ hasText: stage.demo.users.owner });
  await found.getByText('Acme Ltd, Owner').waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.getByLabel('Whom').fill('nobody@nowhere.example');
  await find.click();
  await page.getByText('Nobody fits').waitFor();
  await goTo(page, '/platform/audit');
  await page.getByText('A ticket about a lost account').first().waitFor();
}, 120_000);

/** A quiet machine is told by the figure; on a busy one only what is wrong altogether fails. */
const mostPaintMs = 15_000;

test('[UI-1] the first page is there soon, also on a slow machine that has none of it yet', async () => {
  const { context } = await stage.enter('owner');
  const painted: number[] = [];
  for (let run = 0; run < 3; run += 1) painted.push(await largestPaintMs(await context.newPage()));
  const [, median = 0] = painted.toSorted((one, other) => one - other);
  console.log(`Largest contentful paint, CPU throttled four times, nothing cached: ${painted.join(', ')} ms`);
  expect(median).toBeGreaterThan(0);
  expect(median).toBeLessThan(mostPaintMs);
  await context.close();
}, 180_000);

async function largestPaintMs(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.goto(`${stage.url}/t/acme`);
  await page.getByRole('heading', { level: 1, name: 'Acme Ltd' }).waitFor();
  // What is painted while the page fills counts as well.
  await settled(page);
  const paintedMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const seen = new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0));
        seen.observe({ type: 'largest-contentful-paint', buffered: true });
      }),
  );
  await page.close();
  return Math.round(paintedMs);
}
