/**
 * Creates a database cluster: complete or not at all, so that a start that was killed half-way is simply
 * repeated by the next one.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { partFolder } from '#local/state.ts';
import type { Binaries } from './binaries.ts';
import type { Home } from './home.ts';
import { serverEnvironment } from './server.ts';

const run = promisify(execFile);

export const adminUser = 'plinth_admin';

/** Creates the cluster when there is none; returns the administrator's password either way. */
export async function ensureCluster(home: Home, binaries: Binaries, state: string): Promise<string> {
  const passwordFile = join(partFolder(state, 'postgres'), 'admin-password');
  const known = await readFile(passwordFile, 'utf8').catch(() => undefined);
  if (existsSync(home.data)) {
    if (known !== undefined) return known;
    throw new Error(
      `The database password ${passwordFile} is missing. Restore it, or start anew with npm run reset.`,
    );
  }
  const password = known ?? randomBytes(24).toString('base64url');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await removeHalfDone(home);
  await initialise(home, binaries, password);
  return password;
}

/** Scratch folders of starts that were killed. */
async function removeHalfDone(home: Home): Promise<void> {
  for (const name of await readdir(home.folder)) {
    if (name.startsWith('init-')) await rm(join(home.folder, name), { recursive: true, force: true });
  }
}

async function initialise(home: Home, binaries: Binaries, password: string): Promise<void> {
  const scratch = join(home.folder, `init-${randomBytes(6).toString('hex')}`);
  const data = join(scratch, 'data');
  const passwordFile = join(scratch, 'password');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (home.account !== undefined) {
    for (const path of [data, passwordFile, scratch]) await chown(path, home.account.uid, home.account.gid);
  }
  // The built-in locale sorts the same on every machine and after every upgrade.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const options = [`--username=${adminUser}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, ...locale];
  await run(binaries.initdb, ['-D', data, ...options], {
    ...home.account,
    cwd: process.platform === 'win32' ? scratch : '/',
    env: serverEnvironment(),
  }).catch((cause: Error & { stderr?: string }) => {
    throw new Error(`PostgreSQL could not create its data folder: ${cause.stderr ?? cause.message}`, {
      cause,
    });
  });
  await rename(data, home.data);
  await rm(scratch, { recursive: true, force: true });
}
