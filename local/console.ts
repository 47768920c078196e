/** Builds the console when its sources changed, and serves it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { folderPages, type Pages } from './web-server.ts';

export type ConsolePages = {
  pages: Pages;
  /** Builds it anew where its sources changed; pages that are open go on with the files they have. */
  rebuild(): Promise<void>;
};

/**
 * The console of the sources as they are.
 * @throws Error with what the build said when it fails
 */
export async function openConsole(root: string, policy: string): Promise<ConsolePages> {
  let serve = folderPages(await build(root), policy);
  return {
    pages: (request, response) => serve(request, response),
    rebuild: async () => {
      serve = folderPages(await build(root), policy);
    },
  };
}

/** In a process of its own: the bundler shall not stay in memory beside everything else. */
function build(root: string): Promise<string> {
  const builder = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'web', 'build.ts')],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: withoutOptions() },
  );
  let folder = '';
  let complaints = '';
  builder.stdout.setEncoding('utf8').on('data', (text: string) => (folder += text));
  builder.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  return new Promise((resolve, reject) => {
    builder.once('error', reject);
    builder.once('close', (code) => {
      if (code === 0) resolve(folder.trim());
      else reject(new Error(`The console does not build.\n${complaints.trim()}`));
    });
  });
}

/** A test's own options are not the builder's; and it builds for use, whoever asks. */
function withoutOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_ENV: _mode, ...rest } = process.env;
  return rest;
}
