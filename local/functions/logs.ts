/**
 * Where functions' output goes: one file per function, exchanged for a new one when it grows too large.
 */
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { partFolder } from '../state.ts';

/** Appends what a function printed; `close` resolves when everything is on disk. */
export type FunctionLogs = {
  write(functionName: string, text: string): void;
  close(): Promise<void>;
};

/** Opens the logs below `<state>/logs`; each holds at most `limitBytes` and has one predecessor, `.log.1`. */
export function openLogs(state: string, limitBytes = 5 * 1024 * 1024): FunctionLogs {
  const folder = partFolder(state, 'logs');
  const files = new Map<string, { stream: WriteStream; bytes: number }>();
  const closing: Promise<void>[] = [];

  const open = (path: string) => {
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    return { stream: createWriteStream(path, { flags: 'a', mode: 0o600 }), bytes };
  };
  const end = (stream: WriteStream) => closing.push(new Promise((resolve) => stream.end(() => resolve())));

  return {
    write(functionName, text) {
      const path = join(folder, `${functionName}.log`);
      let file = files.get(functionName) ?? open(path);
      if (file.bytes > limitBytes) {
        end(file.stream);
        renameSync(path, `${path}.1`);
        file = open(path);
      }
      files.set(functionName, file);
      file.bytes += Buffer.byteLength(text);
      file.stream.write(text);
    },
    async close() {
      for (const { stream } of files.values()) end(stream);
      files.clear();
      await Promise.all(closing);
    },
  };
}
