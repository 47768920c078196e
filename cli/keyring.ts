/**
 * What is kept between two calls: who is signed in where, and the tenant that was chosen. One file in the user's
 * configuration folder, readable by nobody else; it is replaced as a whole, never written into.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { Refusal } from './exit.ts';
import { variable, type World } from './world.ts';

const tokensSchema = z.object({
  accessToken: z.string(),
  /** Epoch milliseconds. */
  expiresAtMs: z.number(),
  refreshToken: z.string(),
});

const accountSchema = z.object({
  tokens: tokensSchema.optional(),
  apiKey: z.string().optional(),
  tenant: z.object({ id: z.string(), slug: z.string() }).optional(),
});

const fileSchema = z.object({
  /** Of this user on this machine: sessions that begin here are shown as one device. */
  deviceId: z.guid(),
  /** The deployment that was signed in to last. */
  latest: z.string().optional(),
  accounts: z.record(z.string(), accountSchema),
});

export type Tokens = z.output<typeof tokensSchema>;

/** What is kept for one deployment. */
export type Account = z.output<typeof accountSchema>;

type Kept = z.output<typeof fileSchema>;

export type Keyring = {
  deviceId: string;
  latest: string | undefined;
  account(url: string): Account;
  /** Keeps what is given of an account in place of what was kept under the same names; undefined forgets it. */
  keep(url: string, changed: { [Name in keyof Account]?: Account[Name] | undefined }): void;
  /** The deployment that is meant from now on where none is named. */
  prefer(url: string): void;
  /** Forgets everything about a deployment. */
  forget(url: string): void;
};

/** The keyring of whoever runs this. */
export function openKeyring(world: World): Keyring {
  const file = join(folderOf(world), 'accounts.json');
  const first = read(file) ?? { deviceId: randomUUID(), accounts: {} };
  // Read again before each change: two terminals may be at it, each with a deployment of its own.
  const change = (edit: (kept: Kept) => Kept) => write(file, edit(read(file) ?? first));
  return {
    deviceId: first.deviceId,
    latest: first.latest,
    account: (url) => (read(file) ?? first).accounts[url] ?? {},
    keep: (url, changed) =>
      change((kept) => {
        const account = JSON.parse(JSON.stringify({ ...kept.accounts[url], ...changed })) as Account;
        return { ...kept, accounts: { ...kept.accounts, [url]: account } };
      }),
    prefer: (url) => change((kept) => ({ ...kept, latest: url })),
    forget: (url) =>
      change(({ latest, ...kept }) => {
        const { [url]: _gone, ...accounts } = kept.accounts;
        return { ...kept, ...(latest === undefined || latest === url ? {} : { latest }), accounts };
      }),
  };
}

/** Where users' programs keep their settings on this system. */
function folderOf(world: World): string {
  const own = variable(world, 'PLINTH_CONFIG');
  if (own !== undefined) return resolve(world.folder, own);
  const common = variable(world, 'XDG_CONFIG_HOME') ?? variable(world, 'APPDATA');
  return join(common ?? join(variable(world, 'HOME') ?? homedir(), '.config'), 'plinth');
}

function read(file: string): Kept | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Refusal(`${file} cannot be read.`, {
      advice: 'Remove it and sign in again with: plinth login',
      cause: error,
    });
  }
}

function write(file: string, kept: Kept): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}`;
  rmSync(next, { force: true });
  writeFileSync(next, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(next, file);
}
