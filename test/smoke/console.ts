/** A person uses the console in a real browser, on a phone's screen, from signing in to signing out. */
import type { Page } from 'playwright-core';
import { withBrowser } from '../support/chromium.ts';

export type Visit = {
  url: string;
  person: { email: string; password: string };
  /** An address whose invitation is sent from the console. */
  guest: string;
  /** Told of each screen, for looking at it. */
  onScreen?: (name: string, page: Page) => Promise<unknown>;
};

/**
 * Signs in, founds a tenant, invites a guest and signs out.
 * @returns what the browser complained about: errors of scripts, and refusals of the content policy
 */
export async function visitConsole({ url, person, guest, onScreen }: Visit): Promise<string[]> {
  return withBrowser(async (browser) => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    const screen = async (name: string) => void (await onScreen?.(name, page));

    await page.goto(url);
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await screen('welcome');
    await signIn(page, person);
    await page.getByRole('button', { name: /switch tenant/ }).waitFor();
    await foundTenant(page);
    await screen('tenant');
    await inviteFrom(page, guest);
    await screen('invited');
    // The session outlives a reload, in two tabs at once that share a cookie which works once, until one signs out.
    const second = await context.newPage();
    await Promise.all([page.reload(), second.goto(url)]);
    await second.getByRole('button', { name: /account of/ }).waitFor();
    await second.close();
    await page.getByRole('button', { name: /account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    return complaints;
  });
}

/** Follows an invitation's link, signs in, accepts it; returns the names of the person's tenants. */
export async function acceptInConsole({
  url: link,
  person,
  onScreen,
}: Omit<Visit, 'guest'>): Promise<string[]> {
  return withBrowser(async (browser) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
    await page.goto(link);
    await page.getByRole('heading', { name: 'You are invited' }).waitFor();
    await onScreen?.('invitation', page);
    await signIn(page, person);
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByRole('status').filter({ hasText: 'You are now a member' }).waitFor();
    await onScreen?.('member', page);
    await page.getByRole('button', { name: /switch tenant/ }).click();
    return page.getByRole('menuitem', { name: /Browser & Sons/ }).allInnerTexts();
  });
}

async function signIn(page: Page, { email, password }: Visit['person']): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function foundTenant(page: Page): Promise<void> {
  await page.getByRole('button', { name: /switch tenant/ }).click();
  await page.getByRole('menuitem', { name: 'Create a tenant' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Browser & Sons');
  await page.getByLabel('Short name').fill(`browser-${Date.now()}`);
  await page.getByRole('button', { name: 'Create tenant' }).click();
  // The first key of the tenant is shown this once.
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Browser & Sons' }).waitFor();
}

async function inviteFrom(page: Page, guest: string): Promise<void> {
  await page.getByRole('button', { name: 'Open the menu' }).click();
  await page.getByRole('navigation').getByRole('link', { name: 'Members' }).click();
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByLabel('E-mail').fill(guest);
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await page.getByRole('status').filter({ hasText: 'was invited' }).waitFor();
}
