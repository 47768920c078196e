/** What people do again and again, and what has to hold of every page they see. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { patienceMs } from './stage.ts';

/** Goes to an address inside the console, as a link would, and waits until the page is whole. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await settled(page);
}

/** Waits until nothing on the page is being read any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('#page-title').waitFor();
  await page.waitForTimeout(150);
  await page.waitForFunction(() => document.querySelector('[aria-label="Loading"]') === null, undefined, {
    timeout: patienceMs,
  });
}

/** What is wrong with a page for people who see, hear or move otherwise: rule and place, one line each. */
export async function barriers(page: Page): Promise<string[]> {
  // Whatever fades in has other colours on its way.
  await page.waitForTimeout(300);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary?.split('\n')[1] ?? ''}`,
    ),
  );
}

/** By how many pixels the page is wider than the screen. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Waits until the console has said that something was done. */
export async function said(page: Page, text: string | RegExp): Promise<void> {
  await page.locator('.toasts').getByText(text).waitFor();
}
