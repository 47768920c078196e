/** One copy of the database: its data folder, made from a base backup, and the server that replays the log on it. */
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import type { Running } from '#local/parts/contract.ts';
import { partFolder } from '#local/state.ts';
import { type ChangeLog, fetchCommand } from '../postgres/change-log.ts';
import { stopLeftover } from '../postgres/leftover.ts';
import type { Postgres } from '../postgres/postgres.ts';
import { startServer } from '../postgres/server.ts';
import type { BaseBackup } from './base-backups.ts';
import { copyData } from './folders.ts';

type Source = NonNullable<Postgres['copiedFrom']>;

/** Where a copy stands and until when it follows the log. */
export type Copy = { name: string; atMs: number; port: number };

/** Makes the data folder of a copy, as it was when the backup was taken. */
export async function makeData(
  log: ChangeLog,
  source: Source,
  name: string,
  base: BaseBackup,
): Promise<void> {
  const folder = folderOf(log, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  const { account } = source.home;
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  await copyData(join(base.folder, 'data'), data, account);
  await chmod(data, 0o700);
  // Its presence alone says: fetch the log from where the settings tell, until the moment that they tell.
  const signal = join(data, 'recovery.signal');
  await writeFile(signal, '', { mode: 0o600 });
  if (account !== undefined) await chown(signal, account.uid, account.gid);
}

/** Starts the server of a copy; resolves when the log was replayed and it takes statements. */
export async function startCopy(
  { log, source, state }: { log: ChangeLog; source: Source; state: string },
  { name, atMs, port }: Copy,
  onLost: (how: string) => void,
): Promise<Running> {
  const home = { ...source.home, folder: folderOf(log, name), data: join(folderOf(log, name), 'data') };
  return startServer({
    home,
    binaries: source.binaries,
    port,
    settings: {
      ...source.settings,
      // It replays before it listens: nobody reads a moment that was not asked for.
      hot_standby: 'off',
      restore_command: fetchCommand(log.segments),
      recovery_target_time: `${new Date(atMs).toISOString().replace('T', ' ').slice(0, -1)}+00`,
      recovery_target_action: 'promote',
      shared_buffers: '32MB',
      // What a copy is for fits into a few connections, and it is thrown away afterwards.
      archive_mode: 'off',
      fsync: 'off',
    },
    logFile: logFileOf(state, name),
    readyWithinMs: 600_000,
    onLost,
  });
}

/** Whether the data of a copy is there. */
export function hasData(log: ChangeLog, name: string): Promise<boolean> {
  return stat(join(folderOf(log, name), 'data', 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/** Ends a server that outlived whoever started it. */
export async function stopStray(log: ChangeLog, source: Source, name: string): Promise<void> {
  if (await hasData(log, name)) await stopLeftover(join(folderOf(log, name), 'data'), source.binaries.pgCtl);
}

/** Removes everything of a copy. */
export async function removeCopy(log: ChangeLog, state: string, name: string): Promise<void> {
  await rm(folderOf(log, name), { recursive: true, force: true });
  await rm(logFileOf(state, name), { force: true });
}

const folderOf = (log: ChangeLog, name: string) => join(log.copies, name);
const logFileOf = (state: string, name: string) => join(partFolder(state, 'logs'), `postgres-${name}.log`);
