/**
 * The state folder: everything the local stack must remember across a restart stands below it, and
 * `npm run reset` removes it.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Absolute path of the state folder: `PLINTH_STATE`, or `.plinth` in the project. */
export function stateFolder(): string {
  return resolve(process.env.PLINTH_STATE ?? '.plinth');
}

/** A part's own folder below the state folder, created when missing, readable by this user only. */
export function partFolder(state: string, part: string): string {
  const folder = join(state, part);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Opens a part's sqlite file in write-ahead mode, which survives `kill -9`, and applies its schema. */
export function openStore(state: string, part: string, schema: string): DatabaseSync {
  const store = new DatabaseSync(join(partFolder(state, part), `${part}.sqlite`));
  store.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
  store.exec(schema);
  return store;
}
