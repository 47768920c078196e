/**
 * Builds the console (UI-1, UI-2): `node web/build.ts` prints the folder with the built files. Each state of the sources has a
 * folder of its own, so nothing is built twice, and a page that is open keeps its files while the next ones are made.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'vite';

const root = dirname(import.meta.dirname);
const builds = join(root, 'build', 'console');

/** What the console is made of. */
const inputs = [
  'web',
  'shared/config',
  'shared/contract',
  'shared/access',
  'package-lock.json',
  'tsconfig.json',
  'docs/generated/openapi.json',
];

/** Files that nobody can still be reading. */
const forgottenAfterMs = 24 * 60 * 60 * 1000;

/** The folder with the console of today's sources, built when there is none. */
export async function buildConsole(): Promise<string> {
  const folder = join(builds, digest().slice(0, 16));
  if (existsSync(join(folder, 'index.html'))) return folder;
  // To a sibling first: another process may be building the same.
  const unfinished = `${folder}.${process.pid}`;
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: unfinished,
      emptyOutDir: true,
      target: 'es2023',
      reportCompressedSize: false,
      // Fonts and pictures stay files: the content policy allows no data addresses for the first.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1_000,
      manifest: 'manifest.json',
    },
  });
  publishDocument(unfinished);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(join(folder, 'index.html'))) throw error;
  }
  forgetOld(folder);
  return folder;
}

/** The API document, for the reference and for whoever makes a client. */
function publishDocument(folder: string): void {
  const document: unknown = JSON.parse(readFileSync(join(root, 'docs/generated/openapi.json'), 'utf8'));
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document));
}

function digest(): string {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesOf).sort()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesOf(input: string): string[] {
  if (statSync(join(root, input)).isFile()) return [input];
  return globSync(`${input}/**/*`, { cwd: root }).filter((file) => statSync(join(root, file)).isFile());
}

function forgetOld(current: string): void {
  for (const name of readdirSync(builds)) {
    const folder = join(builds, name);
    const age = Date.now() - statSync(folder).mtimeMs;
    if (folder !== current && age > forgottenAfterMs) rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) console.log(await buildConsole());
