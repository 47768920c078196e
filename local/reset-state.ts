/** Forgets everything the local stack remembers in a state folder; refuses while a stack runs on it. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { acquireStateLock } from '#local/lock.ts';
import { binariesFor } from '#local/parts/postgres/binaries.ts';
import { currentData, removeElsewhere } from '#local/parts/postgres/home.ts';
import { stopLeftover } from '#local/parts/postgres/leftover.ts';

/** Removes the state folder and a database that stands outside it; returns what was removed. */
export async function resetState(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  await assertStateFolder(folder);
  const lock = await acquireStateLock(folder);
  try {
    await stopDatabase(folder);
    const elsewhere = await removeElsewhere(folder);
    await removeAllButLock(folder);
    return elsewhere === undefined ? [folder] : [folder, elsewhere];
  } finally {
    await lock.stop();
    if (await isEmptied(folder)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const lockFiles = ['main.lock', 'main.lock-journal', 'main.pid'];

/** PLINTH_STATE may be mistyped: a folder that never was a state folder is not ours to remove. */
async function assertStateFolder(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length === 0 || names.includes('main.lock')) return;
  throw new Error(`${folder} does not look like a state folder of Plinth; nothing was removed.`);
}

/** A server that outlived its stack would keep writing into what we remove. */
async function stopDatabase(folder: string): Promise<void> {
  const data = await currentData(folder);
  if (!existsSync(data)) return;
  const { pgCtl } = await binariesFor(undefined);
  const copies = join(dirname(data), 'copies');
  const names = await readdir(copies).catch(() => []);
  for (const one of [data, ...names.map((name) => join(copies, name, 'data'))])
    await stopLeftover(one, pgCtl);
}

async function removeAllButLock(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!lockFiles.includes(name))
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function isEmptied(folder: string): Promise<boolean> {
  return (await readdir(folder)).every((name) => lockFiles.includes(name));
}
