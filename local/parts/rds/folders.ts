/** Copies a data folder of PostgreSQL, also one that a server writes to meanwhile: the log repairs what was torn. */
import { constants } from 'node:fs';
import { chown, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

type Owner = { uid: number; gid: number };

/** Copies files with their rights; what disappears while it is copied was not needed. */
export async function copyData(from: string, to: string, owner?: Owner, below = ''): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  if (owner !== undefined) await chown(to, owner.uid, owner.gid);
  for (const entry of await readdir(from, { withFileTypes: true }).catch(unlessGone([]))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (isNotCopied(path)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyData(source, target, owner, path);
    else if (entry.isFile()) await copyOne(source, target, owner);
    else throw new Error(`${source} is neither a file nor a folder; a tablespace cannot be copied.`);
  }
}

async function copyOne(source: string, target: string, owner: Owner | undefined): Promise<void> {
  // Where the file system can share blocks between two files, this takes no time and no space.
  const copied = await copyFile(source, target, constants.COPYFILE_FICLONE).then(
    () => true,
    unlessGone(false),
  );
  if (copied && owner !== undefined) await chown(target, owner.uid, owner.gid);
}

/** What belongs to a running server alone; PostgreSQL's manual lists it for backups that are made by hand. */
function isNotCopied(path: string): boolean {
  const [top = '', inner] = path.split('/');
  if (top === 'postmaster.pid' || top === 'postmaster.opts') return true;
  if (emptied.has(top) && inner !== undefined) return true;
  return /(^|\/)(pgsql_tmp[^/]*|pg_internal\.init[^/]*)$/.test(path);
}

const emptied = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
]);

function unlessGone<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
