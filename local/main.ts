/**
 * `npm start`: the local stack on this machine. Ctrl-C stops everything; what was stored stays in the state
 * folder until `npm run reset`.
 */
import { resolve } from 'node:path';
import { chooseDemo } from './demo/choice.ts';
import { StateLockedError } from './lock.ts';
import { modelKeysIn } from './model-keys.ts';
import type { Running } from './parts/contract.ts';
import { print } from './progress.ts';
import { openSite, type Site } from './site.ts';
import { stateFolder } from './state.ts';
import { watchSource } from './watch.ts';

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
  print('Plinth is starting.');
  const port = process.env.PLINTH_PORT;
  const state = stateFolder();
  const demo = await chooseDemo({
    state,
    wanted: process.env.PLINTH_DEMO,
    stdin: process.stdin,
    stdout: process.stdout,
  });
  const site = await openSite({
    ...{ root, state, demo },
    log: (line) => print(`  ${line}`),
    modelKeys: modelKeysIn(process.env),
    ...(port === undefined ? {} : { port: Number(port) }),
  });
  const running: Running[] = [site];
  try {
    running.push(watchSource(root, () => reload(site)));
    welcome(site);
    await stopping.promise;
    print('\nPlinth is stopping.');
  } finally {
    for (const part of running.reverse()) await part.stop();
  }
}

async function reload({ stack, console }: Site): Promise<void> {
  try {
    await Promise.all([stack.reload(), console.rebuild()]);
    print('Reloaded.');
  } catch (error) {
    print(`${describe(error)}\nThe edit does not work yet; the code before it goes on serving.`);
  }
}

function welcome({ url, stack, demo }: Site): void {
  print(`
  Console    ${url}/
  API        ${url}/v1   (described at ${url}/openapi.json)
  Mailbox    ${url}/mail
  Sign-in    ${stack.loginUrl}
  Models     ${stack.models === undefined ? 'the providers whose keys were given' : `a stand-in, which says at ${stack.models.url}/admin/invoice what it would charge`}

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
