/** Synthesizes the template that the local runtime is wired from: the same app that `cdk deploy` deploys. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Folders and files whose change changes the template or a bundle. */
const inputs = ['bin', 'lib', 'shared', 'functions', 'package-lock.json', 'cdk.json'];

/**
 * The cloud assembly of the local cell, made anew when anything it is made from has changed. Each has a folder
 * of its own, so functions that run keep their code while the next one is made, and when it cannot be made.
 * @param options.pair with a second cell that follows the first
 * @throws Error with the app's own output when it does not synthesize
 */
export async function synthesize(root: string, state: string, { pair = false } = {}): Promise<string> {
  const all = join(state, 'cdk.out');
  const folder = join(all, `${inputsDigest(root).slice(0, 16)}${pair ? '-pair' : ''}`);
  if (existsSync(join(folder, 'manifest.json'))) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  await runApp(root, unfinished, pair ? { standby: 'us' } : {});
  renameSync(unfinished, folder);
  return folder;
}

/** Removes the assemblies that nothing runs any more. */
export function forgetOtherAssemblies(state: string, current: string): void {
  const all = join(state, 'cdk.out');
  for (const name of readdirSync(all)) {
    if (name !== basename(current)) rmSync(join(all, name), { recursive: true, force: true });
  }
}

function inputsDigest(root: string): string {
  const hash = createHash('sha256').update(process.version);
  const files = inputs.flatMap((input) => {
    const path = join(root, input);
    if (!existsSync(path)) return [];
    return statSync(path).isDirectory()
      ? globSync('**/*', { cwd: path }).map((file) => join(path, file))
      : [path];
  });
  for (const file of files.sort()) {
    if (statSync(file).isFile()) hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function runApp(root: string, folder: string, more: Record<string, string>): Promise<void> {
  const env = {
    ...process.env,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ regions: 'us', laptop: true, ...more }),
  };
  const app = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'bin', 'app.ts')],
    {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [app.stdout, app.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    app.once('error', reject);
    app.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The app does not synthesize.\n${output.trim()}`));
    });
  });
}
