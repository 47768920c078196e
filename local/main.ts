/**
 * `npm start`: the local stack on this machine. Ctrl-C stops everything; what was stored stays in the state
 * folder until `npm run reset`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { preferredPorts } from './addresses.ts';
import { type Demo, seedDemo } from './demo.ts';
import { RUNTIME_KEY } from './front/call.ts';
import { acquireStateLock, StateLockedError } from './lock.ts';
import { mailPages } from './pages/mail/pages.ts';
import type { Running } from './parts/contract.ts';
import { freePort } from './ports.ts';
import { print, step } from './progress.ts';
import { type Stack, startStack } from './stack.ts';
import { stateFolder } from './state.ts';
import { watchSource } from './watch.ts';
import { folderPages, jsonPage, startWebServer } from './web-server.ts';
import { poolSettings } from './wiring.ts';

const root = resolve(import.meta.dirname, '..');

const stopping = Promise.withResolvers<void>();
// A single Ctrl-C arrives more than once: from the terminal and from the bootstrap. One is enough.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.resolve());
process.on('disconnect', () => stopping.resolve());

try {
  await main();
} catch (error) {
  const plain = error instanceof StateLockedError;
  process.stderr.write(`${plain ? error.message : describe(error)}\n`);
  process.exitCode = 1;
}
// Whatever a library left open must not keep the process.
process.exit();

async function main(): Promise<void> {
  const state = stateFolder();
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const running: Running[] = [await acquireStateLock(state)];
  try {
    print('Plinth is starting.');
    const url = await chooseUrl();
    const stack = await startStack({ root, state, url, log: (line) => print(`  ${line}`) });
    running.push(stack);
    running.push(await startWebServer(Number(new URL(url).port), pagesOf(stack, url)));
    const demo = await step('demo data', () => seed(stack, state, url));
    running.push(watchSource(root, () => reload(stack)));
    running.push(announceTo(state, url));
    welcome(stack, url, demo);
    await stopping.promise;
    print('\nPlinth is stopping.');
  } finally {
    for (const part of running.reverse()) await part.stop();
  }
}

async function chooseUrl(): Promise<string> {
  const preferred = Number(process.env.PLINTH_PORT ?? preferredPorts.web);
  const { port, taken } = await freePort(preferred);
  if (taken) print(`  Port ${preferred} is in use; Plinth serves on ${port}.`);
  return `http://localhost:${port}`;
}

/** What the one port serves, in the order it is tried. */
function pagesOf(stack: Stack, url: string) {
  const document = join(root, 'docs', 'generated', 'openapi.json');
  const policy = [
    "default-src 'self'",
    `connect-src 'self' ${stack.loginUrl}`,
    `form-action 'self' ${stack.loginUrl}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  return [
    stack.api,
    mailPages({ store: stack.mail }),
    jsonPage('/config.json', () => consoleConfig(stack, url)),
    jsonPage('/openapi.json', () => JSON.parse(readFileSync(document, 'utf8')) as unknown),
    folderPages(join(root, 'web'), policy),
  ];
}

/** What the console and the smoke test need to know of a deployment. */
function consoleConfig(stack: Stack, url: string) {
  const pool = poolSettings(stack.cell);
  return {
    apiUrl: url,
    loginUrl: stack.loginUrl,
    clientId: pool.clients[0]?.clientId,
    redirectUri: `${url}/`,
    mailboxUrl: `${url}/mail`,
    region: 'us',
  };
}

function seed(stack: Stack, state: string, url: string): Promise<Demo> {
  const pool = poolSettings(stack.cell);
  const { loginUrl, clientId = '', redirectUri } = consoleConfig(stack, url);
  return seedDemo({
    state,
    apiUrl: url,
    login: { loginUrl, clientId, redirectUri },
    userPool: { id: pool.poolId, region: pool.region, endpoint: stack.frontUrl, accessKeyId: RUNTIME_KEY },
    region: 'us',
  });
}

async function reload(stack: Stack): Promise<void> {
  try {
    await stack.reload();
    print('Reloaded.');
  } catch (error) {
    print(`${describe(error)}\nThe edit does not work yet; the code before it goes on serving.`);
  }
}

/** Other programs, such as the smoke test, find the running stack through this file. */
function announceTo(state: string, url: string): Running {
  const file = join(state, 'stack.json');
  writeFileSync(file, JSON.stringify({ url, pid: process.pid }));
  return { stop: async () => rmSync(file, { force: true }) };
}

function welcome(stack: Stack, url: string, demo: Demo): void {
  print(`
  Console    ${url}/
  API        ${url}/v1   (described at ${url}/openapi.json)
  Mailbox    ${url}/mail
  Sign-in    ${stack.loginUrl}

  Demo       ${demo.users.owner}, ${demo.users.colleague}, ${demo.users.admin}
  Password   ${demo.password}

  Ctrl-C stops it. npm run smoke tries it. npm run reset forgets everything.

Plinth is ready`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n  because: ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
