/**
 * The data of a server that follows another one: a base backup of it, and where its log comes from. What is committed
 * there is streamed here; nothing else of the other one is read, so this one goes on when that is gone.
 */
import { existsSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partFolder } from '#local/state.ts';
import { baseBackupsOf } from '../rds/base-backups.ts';
import { copyData } from '../rds/folders.ts';
import { asAdministrator } from './administrator.ts';
import { changeLogOf } from './change-log.ts';
import type { Home } from './home.ts';
import type { Postgres } from './postgres.ts';

/** Keeps the log of the one that is followed for as long as this one has not read it. */
const slot = 'standby';

/** Makes the data where there is none; returns the administrator's password, which is that of the other one. */
export async function ensureFollower(home: Home, state: string, followed: Postgres): Promise<string> {
  const { adminPassword } = followed;
  await writeFile(join(partFolder(state, 'postgres'), 'admin-password'), adminPassword, { mode: 0o600 });
  if (existsSync(home.data)) return adminPassword;
  const source = followed.copiedFrom;
  if (source === undefined) throw new Error('Only a database that keeps its log can be followed.');
  await reserveLog(followed.adminUrl);
  const base = await baseBackupsOf(changeLogOf(source.home), source.home.data, followed.adminUrl).take();
  const draft = `${home.data}.following`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const { account } = home;
  await copyData(join(base.folder, 'data'), draft, account);
  await chmod(draft, 0o700);
  const from = `host=${followed.host} port=${followed.port} user=${followed.adminUser} password=${adminPassword}`;
  // In the data folder, which only the server's account reads, and not among its arguments, which everybody does.
  await appendFile(
    join(draft, 'postgresql.auto.conf'),
    `primary_conninfo = '${from}'\nprimary_slot_name = '${slot}'\n`,
  );
  const signal = join(draft, 'standby.signal');
  await writeFile(signal, '', { mode: 0o600 });
  if (account !== undefined) {
    for (const path of [draft, signal]) await chown(path, account.uid, account.gid);
  }
  await rename(draft, home.data);
  return adminPassword;
}

/** Whether a server follows another one, as it says itself. */
export async function isFollowing(adminUrl: string): Promise<boolean> {
  return asAdministrator(adminUrl, async (client) => {
    const { rows } = await client.query<{ follows: boolean }>('select pg_is_in_recovery() as follows');
    return rows[0]?.follows === true;
  });
}

/** Lets a server that follows write: it uses up what it received, and follows nobody from then on. */
export async function promote(adminUrl: string): Promise<void> {
  await asAdministrator(adminUrl, async (client) => {
    const { rows } = await client.query<{ promoted: boolean }>(
      'select pg_promote(wait => true, wait_seconds => 60) as promoted',
    );
    if (rows[0]?.promoted !== true) throw new Error('PostgreSQL did not let the follower write.');
  });
}

async function reserveLog(adminUrl: string): Promise<void> {
  await asAdministrator(adminUrl, (client) =>
    client.query(
      `select pg_create_physical_replication_slot($1, true)
       where not exists (select from pg_replication_slots where slot_name = $1)`,
      [slot],
    ),
  );
}
