/**
 * Bundles every Lambda entry in one esbuild run. An entry is `functions/<kind>/<name>.ts`; its bundle is the
 * folder `build/functions/<kind>-<name>`, which becomes the function's asset: `index.mjs`, the chunks that it
 * imports at start, and those that it imports when they are needed. Equal code gives equal bytes, so an unchanged
 * function is not deployed again.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { withoutUnused } from './left-out.ts';

export type EntryKind =
  'http' | 'stream' | 'queue' | 'workflow' | 'schedule' | 'standby' | 'trigger' | 'probe' | 'deploy';

/** What was bundled; functions ask it for their code. */
export type Bundles = {
  /** Names of the entries of a kind, sorted. */
  names(kind: EntryKind): string[];
  /**
   * Folder with the bundle of an entry.
   * @throws Error that names the file to add
   */
  folder(kind: EntryKind, name: string): string;
  /** The files of a bundle. */
  parts(kind: EntryKind, name: string): Part[];
  /** What esbuild says about all of them. */
  metafile: Metafile;
};

/** A file of a bundle. */
export type Part = {
  /** Within the bundle's folder. */
  file: string;
  bytes: number;
  /** Read and compiled by every cold start, or only by what imports it on demand. */
  when: 'at start' | 'on demand';
  /** The sources and packages it was made of, with the bytes each has in it. */
  inputs: Record<string, number>;
};

const root = dirname(import.meta.dirname);
const kinds: readonly EntryKind[] = [
  'http',
  'stream',
  'queue',
  'workflow',
  'schedule',
  'standby',
  'trigger',
  'probe',
  'deploy',
];
const done = new Map<string, Promise<Bundles>>();

export type BundleOptions = {
  /** Folder of the entries; the project's `functions` unless told. */
  source?: string;
  /** Write source maps to `build/maps`; they take a third of the time and never reach AWS. */
  maps?: boolean;
};

const target = join(root, 'build');

/** Bundles the entries of a folder, once in a process. */
export function bundleFunctions(options: BundleOptions = {}): Promise<Bundles> {
  const { source = join(root, 'functions'), maps = true } = options;
  const bundles = done.get(source) ?? bundle(source, maps);
  done.set(source, bundles);
  return bundles;
}

async function bundle(source: string, maps: boolean): Promise<Bundles> {
  const entries = kinds.flatMap((kind) => entriesOf(source, kind));
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(entries.map(({ id, file }) => [id, file])),
    outdir: join(target, 'functions'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported on demand stays on its own, so that a start does not compile the SDK.
    splitting: true,
    chunkNames: '[name]-[hash]',
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': join(root, 'lib', 'lambda-credentials.ts'),
      '@aws-sdk/credential-providers': join(root, 'lib', 'lambda-credentials.ts'),
    },
    // CommonJS packages inside an ES module still call require for Node's own modules.
    banner: {
      js: "import{createRequire as __plinthRequire}from'node:module';const require=__plinthRequire(import.meta.url);",
    },
    plugins: [withoutUnused],
    minify: true,
    legalComments: 'none',
    // Maps stay with the build and are not shipped: they would triple the code that a cold start unpacks.
    sourcemap: maps ? 'external' : false,
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const contents = new Map(outputFiles.map((file) => [basename(file.path), file.contents]));
  for (const { id } of entries) writeBundle(id, partsOf(metafile, id), contents);
  if (maps) writeMaps(contents);
  addMigrations(join(target, 'functions', 'deploy-migrate'));
  return {
    names: (kind) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.name),
    folder: (kind, name) => {
      const found = entries.find((entry) => entry.kind === kind && entry.name === name);
      if (found !== undefined) return join(target, 'functions', found.id);
      throw new Error(`A function has no code: add ${relative(root, join(source, kind, `${name}.ts`))}.`);
    },
    parts: (kind, name) => partsOf(metafile, `${kind}-${name}`),
    metafile,
  };
}

/** The entry, the chunks it imports before it can run, and those that may follow. */
function partsOf({ outputs }: Metafile, id: string): Part[] {
  const outputOf = (name: string) => outputs[join(relative(root, target), 'functions', name)];
  const importsOf = (name: string, kinds: readonly string[]): string[] =>
    (outputOf(name)?.imports ?? [])
      .filter((imported) => kinds.includes(imported.kind) && imported.external !== true)
      .map((imported) => basename(imported.path));
  const closure = (from: Iterable<string>, kinds: readonly string[]): Set<string> => {
    const found = new Set(from);
    // A set visits what is added while it is walked.
    for (const name of found) importsOf(name, kinds).forEach((other) => found.add(other));
    return found;
  };
  const atStart = closure([`${id}.mjs`], ['import-statement']);
  const all = closure(atStart, ['import-statement', 'dynamic-import']);
  return [...all].map((name) => ({
    file: name === `${id}.mjs` ? 'index.mjs' : name,
    bytes: outputOf(name)?.bytes ?? 0,
    when: atStart.has(name) ? 'at start' : 'on demand',
    inputs: Object.fromEntries(
      Object.entries(outputOf(name)?.inputs ?? {}).map(([input, { bytesInOutput }]) => [
        input,
        bytesInOutput,
      ]),
    ),
  }));
}

/** The folder of a bundle: its files and nothing from before. */
function writeBundle(id: string, parts: readonly Part[], contents: ReadonlyMap<string, Uint8Array>): void {
  const folder = join(target, 'functions', id);
  // The entry comes last: whoever reads the folder meanwhile finds the chunks of the entry that is there.
  for (const { file } of parts.toReversed()) {
    writeChanged(join(folder, file), contentOf(contents, file === 'index.mjs' ? `${id}.mjs` : file));
  }
  removeOthers(
    folder,
    '.mjs',
    parts.map(({ file }) => file),
  );
}

function writeMaps(contents: ReadonlyMap<string, Uint8Array>): void {
  const folder = join(target, 'maps');
  const names = [...contents.keys()].filter((name) => name.endsWith('.map'));
  for (const name of names) writeChanged(join(folder, name), contentOf(contents, name));
  removeOthers(folder, '.map', names);
}

/** What an earlier build left behind. */
function removeOthers(folder: string, ending: string, names: readonly string[]): void {
  const others = readdirSync(folder).filter((name) => name.endsWith(ending) && !names.includes(name));
  for (const name of others) rmSync(join(folder, name), { force: true });
}

function contentOf(contents: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const found = contents.get(name);
  if (found === undefined) throw new Error(`the build has no ${name}`);
  return found;
}

type Entry = { kind: EntryKind; name: string; id: string; file: string };

function entriesOf(source: string, kind: EntryKind): Entry[] {
  const folder = join(source, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => file.slice(0, -'.ts'.length))
    .map((name) => ({ kind, name, id: `${kind}-${name}`, file: join(folder, `${name}.ts`) }));
}

/** The migration function reads its SQL from beside its own code. */
function addMigrations(folder: string): void {
  const database = join(root, 'shared', 'db');
  const files = readdirSync(join(database, 'migrations')).filter((file) => file.endsWith('.sql'));
  for (const file of ['roles.sql', ...files.map((name) => join('migrations', name))]) {
    writeChanged(join(folder, file), readFileSync(join(database, file)));
  }
  removeOthers(join(folder, 'migrations'), '.sql', files);
}

/** Replaces a file in one step and only when it differs: another process may be reading the folder. */
function writeChanged(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
}
