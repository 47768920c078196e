/**
 * What a cold start pays for our code: the bytes of every function's bundle, and the time to import it in a fresh
 * process against importing an empty module there. Initialisation of the sandbox and network are AWS's own.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { bundleFunctions, type EntryKind } from '#lib/bundle.ts';
import type { Report } from '#test/battery/figures.ts';
import { median } from './support/samples.ts';

export const summary = 'Bytes and import time of every function against importing nothing';

const kinds: readonly EntryKind[] = ['http', 'queue', 'schedule', 'trigger', 'deploy'];
const rounds = 7;
const root = join(import.meta.dirname, '..');

type Bundle = { name: string; folder: string; file: string };

export async function run(report: Report): Promise<void> {
  const built = bundleFunctions({ maps: false });
  const bundles: Bundle[] = kinds.flatMap((kind) =>
    built.names(kind).map((name) => {
      const folder = built.folder(kind, name);
      return { name: `${kind}-${name}`, folder, file: join(folder, 'index.mjs') };
    }),
  );
  for (const bundle of bundles) reportBytes(report, bundle, built.metafile);
  await reportImports(report, bundles);
}

function reportBytes(report: Report, { name, folder }: Bundle, { outputs }: Metafile): void {
  const parts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.mjs'),
  );
  const bytes = parts.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const isMet = bytes <= 400_000;
  report.figure(`${name}: bytes`, bytes, 'bytes', { atMost: 400_000 });
  if (isMet) return;
  const packages = new Map<string, number>();
  const own = Object.entries(outputs).filter(([path]) => join(root, path).startsWith(`${folder}/`));
  for (const [input, { bytesInOutput }] of own.flatMap(([, output]) => Object.entries(output.inputs))) {
    const from = packageOf(input);
    packages.set(from, (packages.get(from) ?? 0) + bytesInOutput);
  }
  const largest = [...packages].sort(([, one], [, other]) => other - one).slice(0, 8);
  const list = largest.map(([from, size]) => `${from} ${Math.round(size / 1000)} kB`).join(', ');
  report.note(`${name}: ${list}`);
}

/** The package an input comes from, or our own code. */
function packageOf(input: string): string {
  const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
  return found ?? (relative('shared', input).startsWith('..') ? 'functions' : 'shared');
}

async function reportImports(report: Report, bundles: readonly Bundle[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'plinth-cold-'));
  try {
    const empty = join(scratch, 'index.mjs');
    writeFileSync(empty, 'export const handler = async () => undefined;\n');
    const times = new Map<string, number[]>();
    const nothing: number[][] = [];
    for (let round = 0; round <= rounds; round += 1) {
      report.progress(`round ${round} of ${rounds}`);
      const emptyMs: number[] = [];
      for (const { name, file } of bundles) {
        // Beside each function, so that a busy moment meets both.
        emptyMs.push(await importMs(empty));
        const ms = await importMs(file);
        // The first round fills the file cache.
        if (round > 0) times.set(name, [...(times.get(name) ?? []), ms]);
      }
      if (round > 0) nothing.push(emptyMs);
    }
    const base = median(nothing.flat());
    report.figure('empty module: import p50', base, 'ms');
    for (const { name } of bundles) {
      const ms = median(times.get(name) ?? []);
      report.figure(`${name}: import p50`, ms, 'ms');
      report.figure(`${name}: import / empty`, ms / base, '×', { atMost: 10 });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const inProcess = promisify(execFile);

/** The time of one import in a process of its own, as Lambda does it: the file is read, compiled and evaluated. */
async function importMs(file: string): Promise<number> {
  const program = `
    const started = performance.now();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    process.stdout.write(String(performance.now() - started));
    process.exit();`;
  const { stdout } = await inProcess(process.execPath, ['--input-type=module', '-e', program], {
    env: lambda,
  });
  return Number(stdout);
}

const lambda = { AWS_REGION: 'us-east-1', POWERTOOLS_TRACE_ENABLED: 'false' };
