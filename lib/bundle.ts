/**
 * Bundles every Lambda entry in one esbuild run. An entry is `functions/<kind>/<name>.ts`; its bundle is the
 * folder `build/functions/<kind>-<name>` with one `index.mjs`, which becomes the function's asset. Equal code
 * gives equal bytes, so an unchanged function is not deployed again.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';

export type EntryKind = 'http' | 'queue' | 'schedule' | 'trigger' | 'deploy';

/** What was bundled; functions ask it for their code. */
export type Bundles = {
  /** Names of the entries of a kind, sorted. */
  names(kind: EntryKind): string[];
  /**
   * Folder with the bundle of an entry.
   * @throws Error that names the file to add
   */
  folder(kind: EntryKind, name: string): string;
  /** Sizes and inputs of every bundle. */
  metafile: Metafile;
};

const root = dirname(import.meta.dirname);
const kinds: readonly EntryKind[] = ['http', 'queue', 'schedule', 'trigger', 'deploy'];
const done = new Map<string, Bundles>();

export type BundleOptions = {
  /** Folder of the entries; the project's `functions` unless told. */
  source?: string;
  /** Write source maps to `build/maps`; they take a third of the time and never reach AWS. */
  maps?: boolean;
};

const target = join(root, 'build');

/** Bundles the entries of a folder, once in a process. */
export function bundleFunctions(options: BundleOptions = {}): Bundles {
  const { source = join(root, 'functions'), maps = true } = options;
  const known = done.get(source);
  if (known !== undefined) return known;
  const bundles = bundle(source, maps);
  done.set(source, bundles);
  return bundles;
}

function bundle(source: string, maps: boolean): Bundles {
  const entries = kinds.flatMap((kind) => entriesOf(source, kind));
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      entries.map(({ kind, name, file }) => [`functions/${kind}-${name}/index`, file]),
    ),
    outdir: target,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': join(root, 'lib', 'lambda-credentials.ts') },
    // CommonJS packages inside an ES module still call require for Node's own modules.
    banner: {
      js: "import{createRequire as __plinthRequire}from'node:module';const require=__plinthRequire(import.meta.url);",
    },
    external: ['pg-native'],
    minify: true,
    legalComments: 'none',
    // Maps stay with the build and are not shipped: they would triple the code that a cold start unpacks.
    sourcemap: maps ? 'external' : false,
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  for (const { path, contents } of outputFiles) {
    const map = relative(target, path).replace(/^functions\/(.+)\/index\.mjs\.map$/, 'maps/$1.mjs.map');
    writeChanged(join(target, map), contents);
  }
  addMigrations(join(target, 'functions', 'deploy-migrate'));
  return {
    names: (kind) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.name),
    folder: (kind, name) => {
      if (entries.some((entry) => entry.kind === kind && entry.name === name)) {
        return join(target, 'functions', `${kind}-${name}`);
      }
      throw new Error(`A function has no code: add ${relative(root, join(source, kind, `${name}.ts`))}.`);
    },
    metafile,
  };
}

function entriesOf(source: string, kind: EntryKind): { kind: EntryKind; name: string; file: string }[] {
  const folder = join(source, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => ({ kind, name: file.slice(0, -'.ts'.length), file: join(folder, file) }));
}

/** The migration function reads its SQL from beside its own code. */
function addMigrations(folder: string): void {
  const database = join(root, 'shared', 'db');
  const files = readdirSync(join(database, 'migrations')).filter((file) => file.endsWith('.sql'));
  for (const file of ['roles.sql', ...files.map((name) => join('migrations', name))]) {
    writeChanged(join(folder, file), readFileSync(join(database, file)));
  }
}

/** Replaces a file in one step and only when it differs: another process may be reading the folder. */
function writeChanged(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
}
