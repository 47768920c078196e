/** Rules over the repository as it is published: sizes, what no file may mention, what is installed. */
import type { SourceFile } from './source.ts';

/** A longer file does more than one thing. Tests are tables of cases and may grow longer. */
export const maximumLines = { code: 300, test: 450 } as const;

/** Files that are too long. */
export function tooLong(files: readonly Pick<SourceFile, 'path' | 'text'>[]): string[] {
  return files
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ path, lines }) => lines > (path.startsWith('test/') ? maximumLines.test : maximumLines.code))
    .map(({ path, lines }) => `${path} has ${lines} lines: split it by what it does`);
}

// Written in pieces, so that the rule does not find itself.
const forbidden: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(^|[^\\w.$}/-])/(${['work', 'root', 'home'].join('|')})/\\w`, 'm'), 'a path of one machine'],
  [new RegExp('/Us' + 'ers/\\w|[A-Z]:\\\\Us' + 'ers', 'm'), 'a path of one machine'],
  [/\b(registry|npm)\.[\w-]+\.(org|com|net|io|dev|ai|local|internal)\b/, 'the host of a package registry'],
  [new RegExp('\\b(arti' + 'factory|j' + 'frog|ver' + 'daccio)\\b', 'i'), 'the host of a package registry'],
];

/** Files that mention what only one machine knows. */
export function mentions(files: readonly Pick<SourceFile, 'path' | 'text'>[]): string[] {
  return files.flatMap(({ path, text }) =>
    forbidden.flatMap(([pattern, what]) => {
      const found = pattern.exec(text);
      return found === null ? [] : [`${path} mentions ${what}: ${found[0].trim()}`];
    }),
  );
}

type Locked = {
  license?: string;
  resolved?: string;
  link?: boolean;
  inBundle?: boolean;
  integrity?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};

export type LockFile = { packages: Record<string, Locked> };

/** Packages whose address is written into the lock file: it would bind everybody to one registry. */
export function addresses(lock: LockFile): string[] {
  return Object.entries(lock.packages)
    .filter(([, { resolved }]) => resolved !== undefined)
    .map(([name]) => `${name} has an address: install with omit-lockfile-registry-resolved=true`);
}

/** Packages without a checksum: what is installed could not be told from what was locked. */
export function withoutIntegrity(lock: LockFile): string[] {
  return (
    Object.entries(lock.packages)
      .filter(([name, { integrity, link }]) => name !== '' && link !== true && integrity === undefined)
      // These come inside another package, and are covered by its checksum.
      .filter(([, { inBundle }]) => inBundle !== true)
      .map(([name]) => `${name} has no checksum: remove it from the lock file and install again`)
  );
}

/**
 * Packages that another one asks for and that are not locked. npm leaves out what it cannot find for another platform,
 * says nothing, and refuses to install from that lock file.
 */
export function unlocked(lock: LockFile): string[] {
  return Object.entries(lock.packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !placesOf(path, name).some((place) => place in lock.packages))
      .map(
        (name) => `${path} needs ${name}, which is not locked: override its version by one that is complete`,
      ),
  );
}

/** Where Node looks for a package that a package asks for, nearest first. */
function placesOf(path: string, name: string): string[] {
  const above = path.split(/\/?node_modules\//).slice(1);
  return Array.from({ length: above.length + 1 }, (_, up) =>
    [...above.slice(0, above.length - up), name].map((part) => `node_modules/${part}`).join('/'),
  );
}

const permissive = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'Unlicense',
  'Python-2.0',
  'PostgreSQL',
]);

/** Packages that are not permissively licensed; of alternatives (`MIT OR GPL-3.0`) one must be. */
export function unlicensed(lock: LockFile): string[] {
  return Object.entries(lock.packages)
    .filter(([name, { link }]) => name !== '' && link !== true && !Object.hasOwn(acceptedLicences, name))
    .filter(([, { license }]) => license === undefined || !isPermissive(license))
    .map(([name, { license }]) => `${name} is ${license ?? 'of unknown licence'}: use another package`);
}

/** What the rule cannot see, looked at one by one. */
const acceptedLicences = {
  'node_modules/png-js': 'Its LICENSE is the MIT licence; only its package.json does not say so.',
  'node_modules/axe-core': 'MPL-2.0: tests run it in a browser, and nothing of it is built in or served.',
  'node_modules/@axe-core/playwright': 'MPL-2.0: as axe-core.',
};

function isPermissive(expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ')) return bare.split(' OR ').some(isPermissive);
  return bare.split(' AND ').every((name) => permissive.has(name.trim()));
}
