/**
 * Where functions' output goes: one file per function, exchanged for a new one when it grows too large.
 */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { partFolder } from '../state.ts';

/** Appends what a function printed. */
export type FunctionLogs = {
  write(functionName: string, text: string): void;
  close(): void;
};

/** Opens the logs below `<state>/logs`; each holds about `limitBytes` and has one predecessor, `.log.1`. */
export function openLogs(state: string, limitBytes = 5 * 1024 * 1024): FunctionLogs {
  const folder = partFolder(state, 'logs');
  const files = new Map<string, { file: number; bytes: number }>();
  let closed = false;

  const open = (path: string) => {
    const file = openSync(path, 'a', 0o600);
    return { file, bytes: fstatSync(file).size };
  };

  return {
    write(functionName, text) {
      // A thread that was just ended may still deliver its last words.
      if (closed) return;
      const path = join(folder, `${functionName}.log`);
      let log = files.get(functionName) ?? open(path);
      if (log.bytes > limitBytes) {
        closeSync(log.file);
        renameSync(path, `${path}.1`);
        log = open(path);
      }
      files.set(functionName, log);
      // Written at once: after a crash of the runtime the last lines are the ones that matter.
      log.bytes += writeSync(log.file, text);
    },
    close() {
      closed = true;
      for (const { file } of files.values()) closeSync(file);
      files.clear();
    },
  };
}
