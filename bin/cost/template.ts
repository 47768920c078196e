/** The resources of a cell, read from the templates that `cdk synth` writes. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../documents/citations.ts';

export type Resource = { Type: string; Properties?: Record<string, unknown> };

/**
 * Synthesizes one cell of an environment and returns its resources by logical id.
 * @throws Error with the app's own output when it does not synthesize
 */
export async function synthesizedResources(environment: string): Promise<Record<string, Resource>> {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-cost-'));
  try {
    await runApp(folder, environment);
    return resourcesIn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All resources of the templates in a folder; stacks of a cell share no logical ids that matter here. */
export function resourcesIn(folder: string): Record<string, Resource> {
  const templates = readdirSync(folder).filter((file) => file.endsWith('.template.json'));
  const entries = templates.flatMap((file) => {
    const { Resources = {} } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      Resources?: Record<string, Resource>;
    };
    return Object.entries(Resources).map(([id, resource]) => [`${file}/${id}`, resource] as const);
  });
  return Object.fromEntries(entries);
}

function runApp(folder: string, environment: string): Promise<void> {
  const context = { regions: 'us', environment, laptop: true };
  // Flags of whoever runs us, a test runner for example, are not the app's.
  const { NODE_OPTIONS: _flags, ...inherited } = process.env;
  const app = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'bin', 'app.ts')],
    {
      cwd: root,
      env: { ...inherited, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) },
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
      else reject(new Error(`The app does not synthesize for ${environment}.\n${output.trim()}`));
    });
  });
}
