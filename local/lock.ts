/**
 * One local stack per state folder. The lock is held by the operating system for as long as the process lives
 * (an exclusive transaction on an empty sqlite file), so `kill -9` frees it and nothing stale can be left; the
 * file beside it only says who holds it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '#local/parts/contract.ts';
import { ancestors, identify, isRunning } from '#local/processes.ts';
import type { ProcessIdentity } from '#local/processes.ts';

/** Somebody else holds the state folder; the message is for the person at the terminal. */
export class StateLockedError extends Error {
  constructor(folder: string, holder: number | undefined) {
    super(
      `Plinth is already running (process ${holder ?? 'unknown'}) on the state folder ${folder}. ` +
        'Stop it, or set PLINTH_STATE to another folder.',
    );
    this.name = 'StateLockedError';
  }
}

/**
 * Takes the folder, creating it when missing. A holder whose launcher is gone is about to notice and to stop,
 * so it is waited for; any other is not.
 */
export async function acquireStateLock(folder: string, patienceMs = 10_000): Promise<Running> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holderFile = join(folder, 'main.pid');
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const lock = tryLock(join(folder, 'main.lock'));
    if (lock !== undefined) return hold(lock, holderFile);
    const holder = readHolder(holderFile);
    if (holder !== undefined && !isOrphaned(holder)) throw new StateLockedError(folder, holder.self.pid);
    if (Date.now() >= deadline) throw new StateLockedError(folder, holder?.self.pid);
    await sleep(100);
  }
}

/** Who holds the folder, and who started it: the bootstrap, npm's shell, npm. */
type Holder = { self: ProcessIdentity; startedBy: ProcessIdentity[] };

function hold(lock: DatabaseSync, holderFile: string): Running {
  const self = identify(process.pid) ?? { pid: process.pid, started: '' };
  const holder: Holder = { self, startedBy: ancestors(3) };
  writeFileSync(holderFile, JSON.stringify(holder), { mode: 0o600 });
  const stop = async () => {
    if (!lock.isOpen) return;
    // The file first: once the lock is free it belongs to the next holder.
    rmSync(holderFile, { force: true });
    lock.close();
  };
  return { stop };
}

function tryLock(file: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    const busy = 5;
    if ((error as { errcode?: number }).errcode === busy) return undefined;
    throw error;
  }
}

/** Undefined in the instant between taking the lock and writing the file. */
function readHolder(holderFile: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(holderFile, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** A holder that is gone but still recorded counts too: its lock is about to be released. */
function isOrphaned({ self, startedBy }: Holder): boolean {
  return startedBy.length === 0 || ![self, ...startedBy].every(isRunning);
}
