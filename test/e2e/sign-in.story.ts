/**
 * The sign-in pages on a phone: an account is made, a password forgotten and replaced, a second factor set up and
 * asked for. They play on a pool of their own, which wants a second factor from everybody.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { authorization } from '../local/cognito/browser.ts';
import { CLIENT, startPool, type TestPool, totp } from '../local/cognito/pool.ts';
import { launchOptions } from '../support/chromium.ts';
import { barriers, overflow } from './steps.ts';

const password = 'correct Horse 7 battery';
const otherPassword = 'another Horse 8 battery';

let pool: TestPool;
/** The application that people come from and go back to. */
let application: Server;
let callback: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];
/** What an authenticator app would hold. */
let secret = '';

beforeAll(async () => {
  application = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Back</title>');
  }).listen(0, '127.0.0.1');
  await once(application, 'listening');
  callback = `http://127.0.0.1:${(application.address() as AddressInfo).port}/callback`;
  pool = await startPool({ mfa: 'ON', clients: [{ ...CLIENT, callbackUrls: [callback] }] });
  browser = await chromium.launch(await launchOptions());
}, 120_000);
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (pool as TestPool | undefined)?.stop();
  application.close();
  application.closeAllConnections();
}, 60_000);

describe.each(['light', 'dark'] as const)('on a phone, %s', (colorScheme) => {
  const email = `${colorScheme}@acme.example`;

  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme });
    context.setDefaultTimeout(20_000);
    page = await context.newPage();
    complaints = [];
    page.on('console', (message) => {
      // A form that is sent back says so with its status as well.
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto(pool.loginUrl + authorization({ redirect_uri: callback }).url);
  });

  test('[UI-3] [IDN-1] an account is made: name, password, code from the mail, second factor', async () => {
    await fits('Sign in');
    await page.getByRole('link', { name: 'Create an account' }).click();
    await fits('Create an account');
    await page.getByLabel('Name').fill('Paula Phone');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('alert').waitFor();
    await fits('Create an account');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await fits('Check your e-mail');
    await page.getByLabel('Confirmation code').fill(pool.codeFor(email));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('status').getByText('Your e-mail address is confirmed.').waitFor();
    await signInWith(email, password);
    await fits('Set up two-step verification');
    secret = (await page.getByLabel('Key', { exact: true }).innerText()).replaceAll(/\s/g, '');
    await page.getByLabel('Authenticator code').fill(totp(secret));
    await page.getByRole('button', { name: 'Turn on and continue' }).click();
    await isBack();
  }, 120_000);

  test('[UI-3] [IDN-1] a forgotten password is replaced, and the second factor is still asked for', async () => {
    await page.getByRole('link', { name: 'Forgot password?' }).click();
    await fits('Forgot password');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send code' }).click();
    await fits('Choose a new password');
    await page.getByLabel('Reset code').fill(pool.codeFor(email));
    await page.getByLabel('New password').fill(otherPassword);
    await page.getByRole('button', { name: 'Save password' }).click();
    await page.getByRole('status').getByText('Your password is changed.').waitFor();
    await signInWith(email, password);
    await page.getByRole('alert').waitFor();
    await fits('Sign in');
    await signInWith(email, otherPassword);
    await fits('Two-step verification');
    await page.getByLabel('Authenticator code').fill('000000');
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByRole('alert').waitFor();
    await fits('Two-step verification');
    // The code of the set-up may be of the same half minute, and none is taken twice.
    await page.getByLabel('Authenticator code').fill(totp(secret, 1));
    await page.getByRole('button', { name: 'Verify' }).click();
    await isBack();
  }, 120_000);
});

async function signInWith(email: string, secretWord: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(secretWord);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The page is the one that was expected, whole on the screen, and without barriers. */
async function fits(heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  expect(await barriers(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
}

async function isBack(): Promise<void> {
  await page.waitForURL(`${callback}**`);
  expect(new URL(page.url()).searchParams.get('code')).toMatch(/./);
  expect(complaints).toEqual([]);
  await context.close();
}
