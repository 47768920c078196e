/** Tabs of the console on a stack, signed in as a person of the demo data through the real login pages. */
import { readDemo } from '#local/demo.ts';
import { obtainCode } from '#local/sign-in.ts';
import { type ConsoleTab, openConsoleTab, type TabAnswer } from '#test/support/console-tab.ts';
import type { BatterySite } from '../support/site.ts';

/** What a tab calls to sign in. */
export const signInPath = '/v1/session';

/** A tab that has just signed in, and what it was answered. */
export async function signInTab(site: BatterySite): Promise<{ tab: ConsoleTab; begun: TabAnswer }> {
  const login = (await (await fetch(`${site.url}/config.json`)).json()) as Parameters<typeof obtainCode>[0];
  const demo = readDemo(site.state);
  if (demo === undefined) throw new Error('the stack has no demo data');
  const tab = tabWith(site, undefined);
  const code = await obtainCode({ ...login, email: demo.users.owner, password: demo.password });
  const begun = await tab.post(signInPath, code);
  if (begun.status !== 200) throw new Error(`no sign-in: ${begun.status} ${begun.code}`);
  return { tab, begun };
}

/** A tab with somebody's cookie. */
export function tabWith(site: BatterySite, cookie: string | undefined): ConsoleTab {
  return openConsoleTab(site.url, `${site.url}/`, cookie);
}
