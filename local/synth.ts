/** Synthesizes the template that the local runtime is wired from: the same app that `cdk deploy` deploys. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders and files whose change changes the template or a bundle. */
const inputs = ['bin', 'lib', 'shared', 'functions', 'package-lock.json', 'cdk.json'];

/** A cloud assembly, and whether it had to be made. */
export type Assembly = { folder: string; fresh: boolean };

/**
 * The cloud assembly of the local cell, made anew when anything it is made from has changed.
 * @throws Error with the app's own output when it does not synthesize
 */
export async function synthesize(root: string, state: string): Promise<Assembly> {
  const folder = join(state, 'cdk.out');
  const stamp = join(folder, 'inputs.sha256');
  const digest = inputsDigest(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return { folder, fresh: false };
  rmSync(folder, { recursive: true, force: true });
  await runApp(root, folder);
  writeFileSync(stamp, digest);
  return { folder, fresh: true };
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

function runApp(root: string, folder: string): Promise<void> {
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify({ regions: 'us', laptop: true }) };
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
