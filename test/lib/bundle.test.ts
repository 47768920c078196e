import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { bundleFunctions, type EntryKind } from '#lib/bundle.ts';
import { withoutUnused } from '#lib/left-out.ts';
import { newApp, synthesize } from './synth.ts';

const kinds: readonly EntryKind[] = ['http', 'stream', 'queue', 'schedule', 'trigger', 'probe', 'deploy'];
const root = join(import.meta.dirname, '..', '..');

const bundles = await bundleFunctions({ maps: false });

describe('bundles', () => {
  // Inside the project, because an entry's imports are resolved from where it lies.
  mkdirSync(join(root, 'build'), { recursive: true });
  const scratch = mkdtempSync(join(root, 'build', 'test-entries-'));
  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(join(root, 'build', 'functions', 'http-only-in-tests'), { recursive: true, force: true });
  });

  test('every entry becomes a folder whose module loads and exports a handler', () => {
    for (const kind of kinds) {
      for (const name of bundles.names(kind)) {
        const file = join(bundles.folder(kind, name), 'index.mjs');
        // What the Lambda runtime gives to functions that stream.
        const runtime = 'globalThis.awslambda = { streamifyResponse: (handler) => handler };';
        const program = `${runtime} process.stdout.write(typeof (await import(${JSON.stringify(file)})).handler)`;
        const answer = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
          env: {},
        });
        expect([kind, name, answer.toString()]).toEqual([kind, name, 'function']);
      }
    }
  });

  test('a bundle carries everything it needs: only Node’s own modules stay outside', () => {
    for (const [path, { imports }] of Object.entries(bundles.metafile.outputs)) {
      const outside = imports.filter(({ external, kind }) => external === true && kind !== 'require-call');
      const foreign = outside.filter(({ path: name }) => !process.getBuiltinModule(name));
      expect([path, foreign]).toEqual([path, []]);
    }
  });

  test('maps, sources and paths of this machine do not reach the asset', () => {
    for (const kind of kinds) {
      for (const name of bundles.names(kind)) {
        const folder = bundles.folder(kind, name);
        expect([name, readdirSync(folder).filter((file) => /\.(ts|map)$/.test(file))]).toEqual([name, []]);
        const telling = bundles
          .parts(kind, name)
          .filter(({ file }) => readFileSync(join(folder, file), 'utf8').includes(root));
        expect([name, telling]).toEqual([name, []]);
      }
    }
  });

  test('a bundle has the files that it imports, with the bytes that are told, and none from before', async () => {
    const old = join(root, 'build', 'functions', 'http-only-in-tests');
    mkdirSync(old, { recursive: true });
    writeFileSync(join(old, 'chunk-OF-YESTERDAY.mjs'), '');
    writeEntry('http', 'only-in-tests', 'export const handler = async () => ({ statusCode: 204 });');
    const fresh = await bundleFunctions({ source: scratch, maps: false });
    expect(readdirSync(old)).toEqual(['index.mjs']);
    for (const [from, name] of [[fresh, 'only-in-tests'] as const, [bundles, 'members'] as const]) {
      const folder = from.folder('http', name);
      const sizes = readdirSync(folder).map((file) => [file, statSync(join(folder, file)).size]);
      const told = from.parts('http', name).map(({ file, bytes }) => [file, bytes]);
      expect(told.sort()).toEqual(sizes.sort());
    }
  });

  test('a cold start compiles no client of AWS or of a provider: each waits until something needs it', () => {
    for (const kind of ['http', 'stream', 'queue', 'schedule'] as const) {
      for (const name of bundles.names(kind)) {
        const compiled = bundles
          .parts(kind, name)
          .filter(({ when }) => when === 'at start')
          .flatMap(({ inputs }) => Object.keys(inputs).filter((input) => (inputs[input] ?? 0) > 0));
        const clients = compiled.filter((input) =>
          /node_modules\/(@(aws-sdk|smithy|anthropic-ai)|openai)\//.test(input),
        );
        expect([kind, name, clients]).toEqual([kind, name, []]);
      }
    }
  });

  test('a cold start reads no more than 400 kB, and a call of what was left out says so', async () => {
    const sizes = kinds.flatMap((kind) =>
      bundles.names(kind).map((name) => {
        const atStart = bundles.parts(kind, name).filter(({ when }) => when === 'at start');
        return { function: `${kind}-${name}`, bytes: atStart.reduce((sum, { bytes }) => sum + bytes, 0) };
      }),
    );
    expect(sizes.filter(({ bytes }) => bytes > 400_000)).toEqual([]);
    const { outputFiles } = await build({
      stdin: { contents: "import pgPass from 'pgpass'; pgPass({}, () => {});", resolveDir: root },
      ...{ bundle: true, platform: 'node', write: false, plugins: [withoutUnused] },
    });
    expect(() => void runInNewContext(outputFiles[0]?.text ?? '', { module: {} })).toThrow(
      'password files are left out',
    );
  });

  test('the migration carries roles and every migration beside its code', () => {
    const folder = bundles.folder('deploy', 'migrate');
    const files = (path: string) => readdirSync(path).filter((file) => file.endsWith('.sql'));
    expect(readFileSync(join(folder, 'roles.sql'))).toEqual(readFileSync(join(root, 'shared/db/roles.sql')));
    expect(files(join(folder, 'migrations'))).toEqual(files(join(root, 'shared/db/migrations')));
  });

  test('equal code gives equal assets, so an unchanged function is not deployed again', async () => {
    const hash = (folder: string) =>
      createHash('sha256')
        .update(readFileSync(join(folder, 'index.mjs')))
        .digest('hex');
    const first = bundles.folder('http', 'health');
    const before = hash(first);
    const written = statSync(join(first, 'index.mjs')).mtimeMs;
    await bundleFunctions({ source: scratch, maps: false });
    expect(hash(first)).toBe(before);
    expect(statSync(join(first, 'index.mjs')).mtimeMs).toBe(written);
    const assets = () => readdirSync(synthesize().folder).filter((name) => name.startsWith('asset.'));
    expect(assets()).toEqual(assets());
  });

  test('an entry that is missing is named', () => {
    expect(() => bundles.folder('http', 'nowhere')).toThrow('add functions/http/nowhere.ts');
    expect(existsSync(join(root, 'build', 'functions', 'http-nowhere'))).toBe(false);
  });

  test('a queue entry whose module has no jobs, and a schedule that nothing runs, are refused by name', () => {
    const with_ = (kind: EntryKind, name: string) => ({
      ...bundles,
      names: (asked: EntryKind) => (asked === kind ? [...bundles.names(asked), name] : bundles.names(asked)),
    });
    expect(() => newApp({ bundles: with_('queue', 'audit') })).toThrow(
      'functions/queue/audit.ts is never invoked: no module audit declares a job.',
    );
    expect(() => newApp({ bundles: with_('schedule', 'nightly') })).toThrow(
      'functions/schedule/nightly.ts is never invoked: lib/stacks/jobs.ts has no schedule of this name.',
    );
  });

  function writeEntry(kind: EntryKind, name: string, code: string): void {
    mkdirSync(join(scratch, kind), { recursive: true });
    writeFileSync(join(scratch, kind, `${name}.ts`), code);
  }
});
