/**
 * The local stack with all that people see of it, on one port: API, console, mailbox and API document; with demo
 * data, and a note in the state folder by which other programs find it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anyPorts, preferredPorts } from './addresses.ts';
import { contentPolicy } from '#shared/config/console-headers.ts';
import { type ConsolePages, openConsole } from './console.ts';
import { type Demo, seedDemo } from './demo.ts';
import type { DemoSize } from './demo/choice.ts';
import { RUNTIME_KEY } from './front/call.ts';
import { acquireStateLock } from './lock.ts';
import { mailPages } from './pages/mail/pages.ts';
import type { Running } from './parts/contract.ts';
import { freePort } from './ports.ts';
import { print, step } from './progress.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';
import { functions } from './template/readers.ts';
import { jsonPage, startWebServer } from './web-server.ts';
import { poolSettings } from './wiring.ts';

export type SiteOptions = Omit<StackOptions, 'url' | 'ports'> & {
  /** The port that people use: this one or the next that is free; 0 for any, of all parts. */
  port?: number;
  /** How much demo data is made; one small tenant unless told. */
  demo?: DemoSize;
};

export type Site = Running & { url: string; stack: Stack; demo: Demo; console: ConsolePages };

/**
 * Starts everything on a state folder, which is locked meanwhile; a failure stops what had started.
 * @throws StateLockedError when another stack runs on the folder
 */
export async function openSite({
  port = preferredPorts.web,
  demo: size = 'small',
  ...options
}: SiteOptions): Promise<Site> {
  const { state, root } = options;
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const running: Running[] = [await acquireStateLock(state)];
  const stop = async (): Promise<void> => {
    for (const part of running.splice(0).reverse()) await part.stop();
  };
  try {
    const url = await chooseUrl(port);
    const stack = await startStack({ ...options, url, ports: port === 0 ? anyPorts : preferredPorts });
    running.push(stack);
    const console = await step('console', () => openConsole(root, contentPolicy([stack.loginUrl])));
    const pages = pagesOf(stack, url, root, console);
    running.push(await startWebServer(Number(new URL(url).port), pages));
    const demo = await step('demo data', () => seed(stack, { state, url, size }));
    running.push(announceTo(state, url));
    return { url, stack, demo, console, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function chooseUrl(preferred: number): Promise<string> {
  const { port, taken } = await freePort(preferred);
  if (taken) print(`  Port ${preferred} is in use; Plinth serves on ${port}.`);
  return `http://localhost:${port}`;
}

/** What the one port serves, in the order it is tried. */
function pagesOf(stack: Stack, url: string, root: string, console: ConsolePages) {
  const document = join(root, 'docs', 'generated', 'openapi.json');
  return [
    stack.api,
    mailPages({ store: stack.mail }),
    jsonPage('/config.json', () => consoleConfig(stack, url)),
    jsonPage('/openapi.json', () => JSON.parse(readFileSync(document, 'utf8')) as unknown),
    console.pages,
  ];
}

/** What the console and the smoke test need to know of a deployment. */
function consoleConfig(stack: Stack, url: string) {
  const { clients } = poolSettings(stack.cell);
  const clientCalled = (wanted: string) => clients.find(({ name }) => name === wanted);
  const commandLine = clientCalled('command line');
  return {
    apiUrl: url,
    loginUrl: stack.loginUrl,
    clientId: clientCalled('console')?.clientId,
    redirectUri: `${url}/`,
    commandLine: { clientId: commandLine?.clientId, returnUrls: commandLine?.callbackUrls },
    mailboxUrl: `${url}/mail`,
    region: 'us',
  };
}

type Seeding = { state: string; url: string; size: DemoSize };

function seed(stack: Stack, { state, url, size }: Seeding): Promise<Demo> {
  const pool = poolSettings(stack.cell);
  const us = { region: pool.region, endpoint: stack.frontUrl, accessKeyId: RUNTIME_KEY };
  const { loginUrl, clientId = '', redirectUri } = consoleConfig(stack, url);
  return seedDemo({
    state,
    apiUrl: url,
    login: { loginUrl, clientId, redirectUri },
    userPool: { id: pool.poolId, ...us },
    region: 'us',
    ...(size === 'small'
      ? {}
      : { month: { databaseUrl: stack.databaseUrl, gate: { name: gateTableOf(stack), ...us } } }),
  });
}

function gateTableOf({ cell }: Stack): string {
  const found = functions(cell).find(({ environment }) => environment.GATE_TABLE !== undefined);
  if (found?.environment.GATE_TABLE === undefined) throw new Error('No function knows the gate’s table.');
  return found.environment.GATE_TABLE;
}

/** Other programs, such as the smoke test, find the running stack through this file. */
function announceTo(state: string, url: string): Running {
  const file = join(state, 'stack.json');
  writeFileSync(file, JSON.stringify({ url, pid: process.pid }));
  return { stop: async () => rmSync(file, { force: true }) };
}
