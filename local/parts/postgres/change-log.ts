/**
 * The continuous log of the embedded database: every segment of PostgreSQL's write-ahead log is copied beside the
 * data once it is full, so that together with a base backup any moment since can be made again. A segment that
 * nobody fills costs nothing: whoever wants the newest moment asks for the present one to be closed.
 */
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { Home } from './home.ts';

/** Where the log of a database is kept. */
export type ChangeLog = {
  /** Closed segments; the server's account writes here. */
  segments: string;
  /** Base backups, one folder each. */
  bases: string;
  /** Data folders of copies, one folder each. */
  copies: string;
};

export function changeLogOf(home: Home): ChangeLog {
  const folder = join(home.folder, 'log');
  return {
    segments: join(folder, 'segments'),
    bases: join(folder, 'bases'),
    copies: join(home.folder, 'copies'),
  };
}

/** Makes the folders and answers the server's settings that keep the log. */
export async function keepLog(home: Home): Promise<Record<string, string>> {
  const { segments, bases, copies } = changeLogOf(home);
  for (const folder of [segments, bases, copies]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (home.account === undefined) continue;
    await chown(join(folder, '..'), home.account.uid, home.account.gid);
    await chown(folder, home.account.uid, home.account.gid);
  }
  return { wal_level: 'replica', archive_mode: 'on', archive_command: archiveCommand(segments) };
}

/** What fetches a segment back, for a server that starts from a base backup. */
export function fetchCommand(segments: string): string {
  return process.platform === 'win32'
    ? `copy "${quoted(segments)}\\%f" "%p"`
    : `cp '${quoted(segments)}/%f' '%p'`;
}

/**
 * Closes the present segment, so that everything committed until now is in the log.
 * @returns the moment until which the log reaches; what is asked of it must not be later
 */
export async function closeSegment(client: pg.Client): Promise<Date> {
  // A recovery stops before the first commit that is later than its target, so there must be one.
  const { rows } = await client.query<{ reached: Date }>(
    `select clock_timestamp() as reached, pg_logical_emit_message(true, 'plinth', 'the log reaches here')`,
  );
  const closed = await client.query<{ segment: string }>(
    'select pg_walfile_name(pg_switch_wal()) as segment',
  );
  await archived(client, closed.rows[0]?.segment ?? '');
  const [row] = rows;
  if (row === undefined) throw new Error('PostgreSQL did not say what time it is.');
  return row.reached;
}

/** A segment that exists is not copied again: a rename makes it whole or not there. */
function archiveCommand(segments: string): string {
  if (process.platform === 'win32') return `copy "%p" "${quoted(segments)}\\%f"`;
  const place = `'${quoted(segments)}/%f`;
  return `test -f ${place}' || { cp '%p' ${place}.part' && mv ${place}.part' ${place}'; }`;
}

/** PostgreSQL replaces what follows a per cent sign; the folder's name goes into the shell between quotes. */
function quoted(folder: string): string {
  if (folder.includes("'") || folder.includes('"')) {
    throw new Error(`The log of the database cannot be kept below ${folder}: its name holds a quote.`);
  }
  return folder.replaceAll('%', '%%');
}

async function archived(client: pg.Client, segment: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { rows } = await client.query<{ done: boolean }>(
      `select coalesce(last_archived_wal >= $1, false) as done from pg_stat_archiver`,
      [segment],
    );
    if (rows[0]?.done === true) return;
    if (Date.now() > deadline) throw new Error(`PostgreSQL did not put ${segment} into its log.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
