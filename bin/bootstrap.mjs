/**
 * What every npm script goes through: `node bin/bootstrap.mjs <task> [...arguments]` installs the packages when
 * they are missing or outdated, then runs the task on the project's own Node. Plain JavaScript without
 * dependencies, because neither is there yet when it starts.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { compiledBefore, projectNode } from './project-node.mjs';

const tasks = {
  start: ['local/main.ts'],
  test: ['test/run.ts'],
  'test:full': ['test/full.ts'],
  bench: ['test/battery/main.ts', 'bench'],
  battery: ['test/battery/main.ts', 'battery'],
  smoke: ['test/smoke/main.ts'],
  e2e: ['test/e2e/main.ts'],
  generate: ['bin/generate.ts'],
  cost: ['bin/cost.ts'],
  plinth: ['bin/plinth.mjs'],
  'open-backup': ['shared/archive/open-backup.ts'],
  reset: ['local/reset.ts'],
  typecheck: ['node_modules/@typescript/native/bin/tsc', '--noEmit'],
  lint: ['node_modules/eslint/bin/eslint.js', '.'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--write', '.'],
  'format:check': ['node_modules/prettier/bin/prettier.cjs', '--check', '.'],
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** What signals go to at the moment: npm, then the task. */
let child;
let stoppedBy;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // Once each: Ctrl-C reaches the whole group, and npm passes it on as well.
  process.once(signal, () => {
    process.on(signal, () => undefined);
    stoppedBy ??= signal;
    if (child === undefined) process.exit(codeOf(signal));
    child.kill(signal);
  });
}

try {
  process.exitCode = await main(process.argv[2], process.argv.slice(3));
} catch (error) {
  if (stoppedBy === undefined) console.error(error.message);
  process.exitCode = stoppedBy === undefined ? 1 : codeOf(stoppedBy);
}

async function main(name, args) {
  if (name === undefined || !Object.hasOwn(tasks, name)) {
    throw new Error(`Usage: node bin/bootstrap.mjs <task>, one of: ${Object.keys(tasks).join(', ')}`);
  }
  await ensureInstalled(
    root,
    (line) => console.log(line),
    (npm) => (child = npm),
  );
  return stoppedBy === undefined ? run(tasks[name], args) : codeOf(stoppedBy);
}

/** Runs the task to its end; returns the exit code. */
function run([file, ...fixed], args) {
  const bin = join(root, 'node_modules', '.bin');
  const path = { PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  // Type stripping and sqlite work, but each run would announce that they are young.
  const flags = ['--disable-warning=ExperimentalWarning'];
  child = spawn(projectNode(root), [...flags, join(root, file), ...fixed, ...args], {
    cwd: root,
    env: { ...process.env, ...compiledBefore(root), ...path },
    // The channel carries nothing: it closes when we are killed, which the task can notice.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const watch = stopWhenOrphaned(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      resolve(signal === null ? code : codeOf(signal));
    });
  });
}

/** An npm that was killed cannot tell us; without it nobody would ever stop the task. */
function stopWhenOrphaned(task) {
  const launchers = launchedBy();
  let sinceMs;
  return setInterval(() => {
    if (launchedBy() === launchers) return;
    if (sinceMs === undefined) task.kill('SIGTERM');
    sinceMs ??= Date.now();
    if (Date.now() - sinceMs > 20_000) task.kill('SIGKILL');
  }, 500);
}

/** Our parent; and its parent when that is npm, which runs scripts through a shell that outlives it. */
function launchedBy() {
  const above = process.env.npm_lifecycle_event === undefined ? '' : parentOf(process.ppid);
  return `${process.ppid} ${above}`;
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    // Not Linux; other systems' shells make way for the script.
    return '';
  }
}

function codeOf(signal) {
  return 128 + constants.signals[signal];
}
