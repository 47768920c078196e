/** What the program gets of its surroundings, so that tests can give it others. */
import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type Terminal = Writable & { isTTY?: boolean; columns?: number };

export type World = {
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable & { isTTY?: boolean; setRawMode?: (mode: boolean) => unknown };
  /** Data, and nothing else. */
  stdout: Terminal;
  /** Progress, questions, complaints. */
  stderr: Terminal;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Folder that names of files are relative to. */
  folder: string;
};

/** A variable that is set to something. */
export function variable({ env }: Pick<World, 'env'>, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}
