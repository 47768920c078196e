/**
 * What a cold start pays for our code: the bytes that every function reads and compiles, and the time of a process
 * that imports it, from its start to its exit, against a process of bare Node that does nothing. Initialisation of
 * the sandbox and network are AWS's own.
 *
 * "On demand" is what a function imports when it first needs it: the SDK's clients. A request needs one or two of
 * them, so the figures with all of them are the most a first request can add.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { bundleFunctions, type EntryKind, type Part } from '#lib/bundle.ts';
import type { Report } from '#test/battery/figures.ts';
import { median } from './support/samples.ts';

export const summary = 'Bytes and import time of every function against bare Node';

const kinds: readonly EntryKind[] = ['http', 'stream', 'queue', 'schedule', 'trigger', 'deploy'];
const rounds = 7;

type Bundle = { name: string; folder: string; parts: readonly Part[] };

export async function run(report: Report): Promise<void> {
  const built = await bundleFunctions({ maps: false });
  const bundles: Bundle[] = kinds.flatMap((kind) =>
    built.names(kind).map((name) => ({
      name: `${kind}-${name}`,
      folder: built.folder(kind, name),
      parts: built.parts(kind, name),
    })),
  );
  for (const bundle of bundles) reportBytes(report, bundle);
  await reportTimes(report, bundles);
  report.note(
    '"import / empty" compares the import statement alone with the import of an empty module, which is no more ' +
      'than opening a file: 0.3 ms. Bare Node is a process; the goal is held to that.',
  );
}

function reportBytes(report: Report, { name, folder, parts }: Bundle): void {
  const bytesOf = (some: readonly Part[]) => some.reduce((sum, { bytes }) => sum + bytes, 0);
  const atStart = parts.filter(({ when }) => when === 'at start');
  report.figure(`${name}: bytes at start`, bytesOf(atStart), 'bytes', { atMost: 400_000 });
  report.figure(`${name}: bytes on demand`, bytesOf(parts) - bytesOf(atStart), 'bytes');
  const zipped = parts.map(({ file }) => deflateRawSync(readFileSync(join(folder, file))).length);
  report.figure(
    `${name}: zipped, all`,
    zipped.reduce((sum, bytes) => sum + bytes, 0),
    'bytes',
  );
  const packages = new Map<string, number>();
  for (const [input, bytes] of atStart.flatMap(({ inputs }) => Object.entries(inputs))) {
    const from = packageOf(input);
    packages.set(from, (packages.get(from) ?? 0) + bytes);
  }
  const largest = [...packages].sort(([, one], [, other]) => other - one).slice(0, 6);
  const list = largest.map(([from, bytes]) => `${from} ${Math.round(bytes / 1000)} kB`).join(', ');
  report.note(`${name} at start: ${list}`);
}

/** The package an input comes from, or our own code. */
function packageOf(input: string): string {
  const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
  return found ?? (relative('shared', input).startsWith('..') ? 'functions' : 'shared');
}

async function reportTimes(report: Report, bundles: readonly Bundle[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'plinth-cold-'));
  try {
    const empty = join(scratch, 'index.mjs');
    writeFileSync(empty, 'export const handler = async () => undefined;\n');
    const bare: Timed[] = [];
    const nothing: Timed[] = [];
    const started = new Map<string, Timed[]>();
    const loaded = new Map<string, Timed[]>();
    for (let round = 0; round <= rounds; round += 1) {
      report.progress(`round ${round} of ${rounds}`);
      for (const { name, folder, parts } of bundles) {
        // Beside each function, so that a busy moment meets all of them.
        const [index, ...rest] = [join(folder, 'index.mjs'), ...parts.map(({ file }) => join(folder, file))];
        const turn = [
          await timed([]),
          await timed([empty]),
          await timed([index]),
          await timed([index, ...rest]),
        ];
        // The first round fills the file cache.
        if (round === 0) continue;
        [bare, nothing, listOf(started, name), listOf(loaded, name)].forEach((list, at) => {
          const one = turn[at];
          if (one !== undefined) list.push(one);
        });
      }
    }
    const bareMs = median(bare.map(({ processMs }) => processMs));
    const emptyMs = median(nothing.map(({ importMs }) => importMs));
    report.figure('bare Node: start to exit p50', bareMs, 'ms');
    report.figure('empty module: import p50', emptyMs, 'ms');
    for (const { name } of bundles) {
      const importMs = median(listOf(started, name).map((one) => one.importMs));
      const all = listOf(loaded, name);
      const ratioOf = (times: readonly Timed[]) => median(times.map((one) => one.processMs)) / bareMs;
      report.figure(`${name}: import p50`, importMs, 'ms');
      report.figure(`${name}: import with all on demand p50`, median(all.map((one) => one.importMs)), 'ms');
      report.figure(`${name}: start to exit / bare Node`, ratioOf(listOf(started, name)), '×', {
        atMost: 10,
      });
      report.figure(`${name}: start to exit with all / bare Node`, ratioOf(all), '×', { atMost: 10 });
      report.figure(`${name}: import / empty`, importMs / emptyMs, '×');
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function listOf(lists: Map<string, Timed[]>, name: string): Timed[] {
  const found = lists.get(name) ?? [];
  lists.set(name, found);
  return found;
}

type Timed = { processMs: number; importMs: number };

/**
 * A process of its own that imports these files one after the other, as Lambda does it: read, compiled, evaluated.
 * Without any it is bare Node.
 */
async function timed(files: readonly string[]): Promise<Timed> {
  const imports = files.map((file) => `await import(${JSON.stringify(pathToFileURL(file).href)});`);
  // The time is taken before process.stdout is touched: making that stream takes longer than a small import.
  const program = `
    // Lambda's own runtime has it; a function that streams asks for it when it is loaded.
    globalThis.awslambda = { streamifyResponse: (handler) => handler };
    const started = performance.now();
    ${imports.join('\n')}
    const took = performance.now() - started;
    process.stdout.write(String(took));
    process.exit();`;
  const options = ['--input-type=module', '-e', files.length === 0 ? '' : program];
  const begun = performance.now();
  const child = spawn(process.execPath, options, { env: lambda, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(performance.now() - begun) : reject(new Error(`an import exited with ${code}`)),
    );
  });
  const [printed, processMs] = await Promise.all([text(child.stdout), exited]);
  return { processMs, importMs: Number(printed) };
}

const lambda = { AWS_REGION: 'us-east-1' };
