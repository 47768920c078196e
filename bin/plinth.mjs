#!/usr/bin/env node
/** Starts the command line, cli/main.ts, on a Node that runs TypeScript. */
import { spawn } from 'node:child_process';
import module from 'node:module';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { compiledBefore, projectNode, runsTypeScript } from './project-node.mjs';

const file = fileURLToPath(import.meta.url);
const root = dirname(dirname(file));

try {
  await ensureInstalled(
    root,
    // Standard output is for data.
    (line) => console.error(line),
    () => undefined,
  );
  process.exitCode = await (runsTypeScript() ? here() : elsewhere());
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function here() {
  // Whoever reads has seen enough, as `head` does.
  process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  module.enableCompileCache(compiledBefore(root).NODE_COMPILE_CACHE);
  const { main } = await import('../cli/main.ts');
  const code = await main(process.argv.slice(2), {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    // npm runs scripts in the project, wherever they were called.
    folder: process.env.INIT_CWD ?? process.cwd(),
  });
  // What was asked may still be on its way to a pipe; what else is open, such as a terminal, must not hold us.
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
  );
  process.exit(code);
}

/** In the Node that came with the packages. Ctrl-C reaches it by itself; other signals are passed on. */
function elsewhere() {
  const child = spawn(projectNode(root), [file, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.on('SIGINT', () => undefined).on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? code : 128 + constants.signals[signal]));
  });
}
