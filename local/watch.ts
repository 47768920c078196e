/** Tells when the source of the template, of a function or of the console was edited, once things have been quiet. */
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { Running } from './parts/contract.ts';

const quietMs = 200;
const watched = ['shared', 'functions', 'lib', 'bin', 'web'];

/** Calls back after edits, never twice at once: edits during a call lead to one more. */
export function watchSource(root: string, onEdit: () => Promise<void>): Running {
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let again = false;
  const run = async (): Promise<void> => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    await onEdit();
    busy = false;
    if (again) {
      again = false;
      await run();
    }
  };
  const edited = (file: string | null): void => {
    if (file === null || !/\.(tsx?|css|html|sql|json)$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void run(), quietMs);
  };
  const watchers: FSWatcher[] = watched.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, file) => edited(file)),
  );
  return {
    stop: async () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
