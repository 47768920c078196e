/** Which Node runs TypeScript here. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The Node that came with the packages; where there is none, ours if it runs TypeScript.
 * @param {string} root the project
 */
export function projectNode(root) {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const packaged = join(root, 'node_modules', `node-${system}-${process.arch}`, 'bin', program);
  if (existsSync(packaged)) return packaged;
  if (runsTypeScript()) return process.execPath;
  throw new Error(`Plinth needs Node 22.18 or newer on this system; this is ${process.versions.node}.`);
}

/** Whether this very process does. */
export function runsTypeScript() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/**
 * Where compiled code is kept, so that a program that was started before starts in a third of the time. What Node finds
 * in this variable it hands on to the processes below it.
 * @param {string} root the project
 */
export function compiledBefore(root) {
  return {
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'node'),
  };
}
