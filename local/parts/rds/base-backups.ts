/**
 * Base backups of the running database: where a copy starts from before the log is replayed on it. One is taken
 * soon after the first start, then daily and when the log has grown large; what none of them needs is removed.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asAdministrator } from '../postgres/administrator.ts';
import type { ChangeLog } from '../postgres/change-log.ts';
import { copyData } from './folders.ts';

/** A base backup: any moment from `atMs` on can be made from it. */
export type BaseBackup = { folder: string; atMs: number; firstSegment: string };

export type BaseBackups = {
  /** Oldest first. */
  list(): Promise<BaseBackup[]>;
  /** Takes one now. */
  take(): Promise<BaseBackup>;
  /** Takes one when the newest is too old or the log too large, then removes what is not needed any more. */
  maintain(): Promise<void>;
};

const dayMs = 86_400_000;
/** A laptop's window is short: copies are for trying a restore, and AWS keeps 35 days. */
const keptBackups = 3;
const largestLogBytes = 1024 ** 3;

/** @param data folder that the server runs on */
export function baseBackupsOf(log: ChangeLog, data: string, adminUrl: string): BaseBackups {
  const list = () => listIn(log.bases);
  const take = () => takeOne(log.bases, data, adminUrl);
  return {
    list,
    take,
    maintain: async () => {
      await removeHalfDone(log.bases);
      const newest = (await list()).at(-1);
      const large = (await bytesIn(log.segments)) > largestLogBytes;
      if (newest === undefined || large || Date.now() - newest.atMs > dayMs) await take();
      const all = await list();
      for (const { folder } of all.slice(0, large ? -1 : -keptBackups)) {
        await rm(folder, { recursive: true, force: true });
      }
      await removeSegments(log.segments, (await list())[0]);
    },
  };
}

/** A folder gets its name when it is whole. The session that begins a backup must end it. */
function takeOne(bases: string, data: string, adminUrl: string): Promise<BaseBackup> {
  const draft = join(bases, `draft-${randomBytes(6).toString('hex')}`);
  return asAdministrator(adminUrl, async (client) => {
    try {
      const { rows: begun } = await client.query<{ first: string }>(
        `select pg_walfile_name(pg_backup_start('plinth', fast => true)) as first`,
      );
      await copyData(data, join(draft, 'data'));
      const { rows: ended } = await client.query<{ labelfile: string; at: Date }>(
        'select labelfile, clock_timestamp() as at from pg_backup_stop(wait_for_archive => true)',
      );
      const [first, last] = [begun[0]?.first, ended[0]];
      if (first === undefined || last === undefined)
        throw new Error('PostgreSQL did not describe the backup.');
      await writeFile(join(draft, 'data', 'backup_label'), last.labelfile, { mode: 0o600 });
      // A millisecond later than the microseconds that a Date drops, so that the moment is never too early.
      const facts = { atMs: last.at.getTime() + 1, firstSegment: first };
      await writeFile(join(draft, 'backup.json'), JSON.stringify(facts), { mode: 0o600 });
      const folder = join(bases, String(facts.atMs));
      await rename(draft, folder);
      return { folder, ...facts };
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  });
}

async function listIn(bases: string): Promise<BaseBackup[]> {
  const names = (await readdir(bases)).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    names.map(async (name) => {
      const folder = join(bases, name);
      const facts = JSON.parse(await readFile(join(folder, 'backup.json'), 'utf8')) as Omit<
        BaseBackup,
        'folder'
      >;
      return { folder, ...facts };
    }),
  );
  return all.sort((one, other) => one.atMs - other.atMs);
}

/** Drafts of backups that were killed. */
async function removeHalfDone(bases: string): Promise<void> {
  for (const name of await readdir(bases)) {
    if (name.startsWith('draft-')) await rm(join(bases, name), { recursive: true, force: true });
  }
}

/** Segments are named in their order; those before the oldest backup's first one serve nobody. */
async function removeSegments(segments: string, oldest: BaseBackup | undefined): Promise<void> {
  if (oldest === undefined) return;
  for (const name of await readdir(segments)) {
    if (/^[0-9A-F]{24}/.test(name) && name.slice(0, 24) < oldest.firstSegment) {
      await rm(join(segments, name), { force: true });
    }
  }
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
