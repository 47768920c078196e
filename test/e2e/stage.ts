/** Where stories of the console play: a local stack of their own, a real browser, and people who sign in. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Demo, readDemo } from '#local/demo.ts';
import { resetState } from '#local/reset-state.ts';
import { signIn } from '#local/sign-in.ts';
import { readStack, startStack } from '../smoke/local-stack.ts';
import { launchOptions } from '../support/chromium.ts';

export type Who = keyof Demo['users'];

export type Look = { width: number; scheme: 'light' | 'dark' };

/** A person before a browser of their own. */
export type Visitor = {
  page: Page;
  context: BrowserContext;
  /** What the browser complained about: errors of scripts, and refusals of the content policy. */
  complaints: string[];
};

export type Stage = {
  url: string;
  demo: Demo;
  /** The state folder of the stack. */
  state: string;
  /** Opens the console and signs in. */
  enter(who: Who, look?: Partial<Look>): Promise<Visitor>;
  /** Calls the API as one of the people, past the console. */
  call: (who: Who, method: string, path: string, body?: object, tenantId?: string) => Promise<unknown>;
  stop(): Promise<void>;
};

/** Functions that start on a busy machine take their time. */
export const patienceMs = 30_000;

const mostTries = 5;

/** The state folder of a stack that runs already, for whoever writes stories. */
const running = process.env.PLINTH_E2E_STATE;

/** Starts the stack, unless one is named that runs, and the browser. */
export async function setStage(): Promise<Stage> {
  const stopping: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of stopping.splice(0).reverse()) await step();
  };
  try {
    const { url, state } = await openStack(stopping);
    const demo = readDemo(state);
    if (demo === undefined) throw new Error('the stack has no demo data');
    const browser = await chromium.launch(await launchOptions());
    stopping.push(() => browser.close());
    const call = callerOf(url, demo);
    await admitManyCalls(call, demo);
    return {
      url,
      demo,
      state,
      call,
      stop,
      enter: (who, look) => enter(browser, url, demo, who, look),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openStack(stopping: (() => Promise<unknown>)[]): Promise<{ url: string; state: string }> {
  if (running !== undefined) {
    const found = readStack(running);
    if (found === undefined) throw new Error(`No stack runs on ${running}.`);
    return { url: found.url, state: running };
  }
  const state = await mkdtemp(join(tmpdir(), 'plinth-e2e-'));
  stopping.push(() => resetState(state));
  const stack = await startStack(state);
  stopping.push(() => stack.end('SIGINT'));
  return { url: stack.url, state };
}

/** Stories click faster than people: the tenant and who works in it get room, as the platform may give it. */
async function admitManyCalls(call: Stage['call'], demo: Demo): Promise<void> {
  const rates = { userPerMinute: 3_000, tenantPerMinute: 6_000 };
  const path = `/v1/platform/tenants/${demo.tenantId}/overrides`;
  await call('admin', 'PATCH', path, { reason: 'Stories click fast', rates });
}

function callerOf(url: string, demo: Demo): Stage['call'] {
  const tokens = new Map<Who, Promise<string>>();
  const tokenOf = async (who: Who): Promise<string> => {
    const login = (await (await fetch(`${url}/config.json`)).json()) as Parameters<typeof signIn>[0];
    return (await signIn({ ...login, email: demo.users[who], password: demo.password })).accessToken;
  };
  return async (who, method, path, body, tenantId) => {
    const token = tokens.get(who) ?? tokenOf(who);
    tokens.set(who, token);
    const key = crypto.randomUUID();
    const accessToken = await token;
    const send = () =>
      fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${accessToken}`,
          'content-type': 'application/json',
          'idempotency-key': key,
          ...(tenantId === undefined ? {} : { 'x-tenant-id': tenantId }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    let answer = await send();
    // On a busy machine functions that start can miss their deadline; the key makes trying again safe.
    for (let tries = 1; answer.status === 503 && tries < mostTries; tries += 1) {
      await sleep(1_000);
      answer = await send();
    }
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
}

async function enter(
  browser: Browser,
  url: string,
  demo: Demo,
  who: Who,
  { width = 1280, scheme = 'light' }: Partial<Look> = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 780 : 860 },
    colorScheme: scheme,
    locale: 'en-GB',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Refusals of the service are part of some stories; the browser names each.
    if (message.type() === 'error' && !/status of (4|503)/.test(message.text()))
      complaints.push(message.text());
  });
  await page.goto(url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail').fill(demo.users[who]);
  await page.getByLabel('Password').fill(demo.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('#page-title').waitFor();
  return { page, context, complaints };
}
