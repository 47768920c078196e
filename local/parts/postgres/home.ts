/**
 * Where a state folder's database stands: `<state>/postgres/data`. When the server runs under another account
 * that cannot enter the state folder (a project below `/root`), it stands in a private folder of that account
 * instead, and `<state>/postgres/elsewhere` says where.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { partFolder } from '#local/state.ts';
import { canReach, serverAccount, sharedFolder } from './account.ts';
import type { ServerAccount } from './account.ts';

/** The folder that holds `data`, and the account that owns it (undefined: ourselves). */
export type Home = { folder: string; data: string; account: ServerAccount | undefined };

/** Finds or prepares the place of the database; creates no database. */
export async function openHome(state: string): Promise<Home> {
  const folder = partFolder(state, 'postgres');
  const data = join(folder, 'data');
  const account = await serverAccount(data);
  if (account === undefined) return { folder, data, account };
  const moved = await readPointer(state);
  if (moved === undefined && (await letIn(account, state, folder))) return { folder, data, account };
  if (existsSync(data)) {
    throw new Error(
      `PostgreSQL cannot run as root, and its account cannot enter ${data}. Run as the folder's owner, or move the project out of the private folder it stands in.`,
    );
  }
  return elsewhereHome(state, folder, moved);
}

/** Removes a database that stands outside the state folder; says where it stood. */
export async function removeElsewhere(state: string): Promise<string | undefined> {
  const place = elsewhere(state);
  const found = await lstat(place).catch(() => undefined);
  if (found === undefined || (await readPointer(state)) !== place) return undefined;
  await assertPrivate(place, await serverAccount(place));
  await rm(place, { recursive: true, force: true });
  return place;
}

/** Where the data of this state folder is or would be when it cannot stand in it. */
export function elsewhere(state: string): string {
  const hash = createHash('sha256').update(resolve(state)).digest('hex').slice(0, 20);
  return join(sharedFolder(), `plinth-${hash}`);
}

/** The data folder as it stands now, for somebody who only wants to look. */
export async function currentData(state: string): Promise<string> {
  return join((await readPointer(state)) ?? join(state, 'postgres'), 'data');
}

/** Opens the two folders above the data to the account's group, and to nobody else. */
async function letIn(account: ServerAccount, state: string, folder: string): Promise<boolean> {
  for (const path of [state, folder]) {
    const found = await stat(path);
    if (found.uid !== 0 || (found.mode & 0o001) !== 0) continue;
    await chown(path, 0, account.gid);
    await chmod(path, (found.mode & 0o700) | 0o010);
  }
  return canReach(account, folder);
}

async function elsewhereHome(state: string, folder: string, moved: string | undefined): Promise<Home> {
  const place = elsewhere(state);
  const account = (await serverAccount(place)) ?? { uid: 65_534, gid: 65_534 };
  // Without a pointer the folder belongs to a state folder that was removed by hand: its password is gone.
  if (moved === undefined && existsSync(place)) {
    await assertPrivate(place, account);
    await rm(place, { recursive: true });
  }
  await mkdir(place, { mode: 0o700 }).then(
    () => chown(place, account.uid, account.gid),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  await assertPrivate(place, account);
  await chown(place, account.uid, account.gid);
  await writeFile(join(folder, 'elsewhere'), `${place}\n`, { mode: 0o600 });
  return { folder: place, data: join(place, 'data'), account };
}

/** Anybody can write to the shared folder, so what we find there must be a real folder of the account. */
async function assertPrivate(place: string, account: ServerAccount | undefined): Promise<void> {
  const found = await lstat(place);
  const owned = found.uid === account?.uid || found.uid === process.getuid?.();
  if (found.isDirectory() && owned && (found.mode & 0o077) === 0) return;
  throw new Error(`${place} is not a private folder of ours. Look at it, then remove it.`);
}

/** Only our own place counts: a state folder that was copied must not share the original's database. */
async function readPointer(state: string): Promise<string | undefined> {
  const text = await readFile(join(state, 'postgres', 'elsewhere'), 'utf8').catch(() => undefined);
  return text?.trim() === elsewhere(state) ? elsewhere(state) : undefined;
}
