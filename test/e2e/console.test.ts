/** The short form of the stories: whoever signs in sees their tenant, changes something, and meets no barrier. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setStage, type Stage, type Visitor } from './stage.ts';
import { barriers, goTo, overflow, said, settled } from './steps.ts';

let stage: Stage;
let owner: Visitor;

beforeAll(async () => {
  stage = await setStage();
  owner = await stage.enter('owner', { width: 360 });
}, 240_000);
afterAll(() => (stage as Stage | undefined)?.stop(), 60_000);

describe('the console', () => {
  test('[UI-1] shows an owner the tenant on a phone, without a barrier and without scrolling sideways', async () => {
    const { page } = owner;
    await page.getByRole('heading', { level: 1, name: 'Acme Ltd' }).waitFor();
    await settled(page);
    await page.getByRole('meter', { name: 'Seats' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  }, 120_000);

  test('[TEN-8] lets an owner invite somebody and take the invitation back', async () => {
    const { page } = owner;
    await goTo(page, '/t/acme/members');
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('E-mail').fill('guest@acme.example');
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await said(page, 'guest@acme.example was invited.');
    await page.getByRole('button', { name: 'Withdraw the invitation of guest@acme.example' }).click();
    await said(page, /was withdrawn/);
    expect(owner.complaints).toEqual([]);
  }, 120_000);

  test('sends at most 250 kB of JavaScript before the first page', async () => {
    const start = await (await fetch(stage.url)).text();
    const scripts = [...start.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = '']) => path);
    expect(scripts.length).toBeGreaterThan(0);
    const bodies = await Promise.all(
      scripts.map(async (path) => (await fetch(stage.url + path)).arrayBuffer()),
    );
    const bytes = bodies.reduce((sum, body) => sum + gzipSync(Buffer.from(body)).length, 0);
    expect(bytes).toBeLessThan(250_000);
  });
});

test('[UI-1] every folder of areas is an area: listed, or a page of its own', () => {
  const source = join(import.meta.dirname, '../../web/src');
  const listed = ['areas.ts', 'routes.tsx'].map((file) => readFileSync(join(source, file), 'utf8')).join('');
  const folders = readdirSync(join(source, 'areas'));
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.filter((name) => !listed.includes(`./areas/${name}/page.tsx`))).toEqual([]);
});
