/**
 * One installation at a time: a folder that only one process can create. A lock whose processes are all gone is
 * taken over; npm counts as one of them, because it goes on writing after its launcher was killed.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Waits for the lock.
 * @param {string} folder
 * @param {() => void} onWait called once when somebody else holds it
 * @returns {Promise<{ add(pid: number): void, release(): void }>}
 */
export async function takeLock(folder, onWait) {
  for (let waiting = false; !create(folder);) {
    if (removeStale(folder)) continue;
    if (!waiting) onWait();
    waiting = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const owners = [identity(process.pid)];
  writeOwners(folder, owners);
  return {
    add(pid) {
      owners.push(identity(pid));
      writeOwners(folder, owners);
    },
    release: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function create(folder) {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a stale lock aside, so that of two who find it only one removes it; true when it is gone. */
function removeStale(folder) {
  const found = readOwners(folder);
  if (found === undefined ? ageMs(folder) < 10_000 : found.owners.some(isAlive)) return false;
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch {
    // Somebody else was faster.
    return true;
  }
  if (readOwners(aside)?.text !== found?.text) {
    // Between looking and moving, somebody took it over: it is theirs.
    renameSync(aside, folder);
    return false;
  }
  rmSync(aside, { recursive: true, force: true });
  return true;
}

function writeOwners(folder, owners) {
  const file = join(folder, 'owners.json');
  writeFileSync(`${file}.new`, JSON.stringify(owners));
  renameSync(`${file}.new`, file);
}

function readOwners(folder) {
  try {
    const text = readFileSync(join(folder, 'owners.json'), 'utf8');
    return { text, owners: JSON.parse(text) };
  } catch {
    // Just created, or just removed.
    return undefined;
  }
}

function ageMs(folder) {
  try {
    return Date.now() - statSync(folder).mtimeMs;
  } catch {
    return 0;
  }
}

function isAlive(owner) {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return identity(owner.pid).started === owner.started;
}

/** Process ids are reused; together with the start time they are not. */
function identity(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, started: fields[0] === 'Z' ? 'zombie' : fields[19] };
  } catch {
    return { pid };
  }
}
