import { describe, expect, test } from '@jest/globals';
import {
  addresses,
  type LockFile,
  maximumLines,
  mentions,
  tooLong,
  unlicensed,
  unlocked,
  withoutIntegrity,
} from './repository.ts';
import { isCode, projectFiles, textOf } from './source.ts';

const binary = /\.(png|webp|ico|jpg|jpeg|woff2?|gz|zip|pdf)$/;
const files = projectFiles()
  .filter((path) => !binary.test(path))
  .map((path) => ({ path, text: textOf(path) }));
const lock = JSON.parse(textOf('package-lock.json')) as LockFile;

describe('[ARC-1] files', () => {
  test('do one thing each: code of at most 300 lines', () => {
    const isGenerated = (path: string) =>
      path.startsWith('docs/generated/') || path === 'web/src/api/schema.d.ts';
    expect(tooLong(files.filter(({ path }) => isCode(path) && !isGenerated(path)))).toEqual([]);
  });

  test('mention neither a machine’s paths nor a package registry', () => {
    expect(mentions(files)).toEqual([]);
  });

  test('one line too many is noticed', () => {
    const lines = (count: number) => 'x\n'.repeat(count);
    const long = { path: 'lib/long.ts', text: lines(maximumLines.code + 1) };
    expect(tooLong([long, { path: 'lib/short.ts', text: lines(maximumLines.code) }])).toEqual([
      'lib/long.ts has 301 lines: split it by what it does',
    ]);
  });

  test('a path or a host is noticed, a route or a word is not', () => {
    const folders = ['work', 'root', 'home'].map((folder) => `see /${folder}/somebody/file`);
    const hosts = ['https://registry.' + 'npmjs.org/x', 'npm.' + 'example.com', 'Arti' + 'factory'];
    for (const text of [...folders, ...hosts]) expect(mentions([{ path: 'a', text }])).toHaveLength(1);
    const harmless = [
      'shared/registry.ts',
      '/v1/home/x',
      'npm.cmd',
      ['local', 'work', 'x'].join('/'),
      './root/x',
      'work/home',
    ];
    for (const text of harmless) expect(mentions([{ path: 'a', text }])).toEqual([]);
  });
});

describe('packages', () => {
  test('are locked by checksum and bound to no registry', () => {
    expect(addresses(lock)).toEqual([]);
    expect(withoutIntegrity(lock)).toEqual([]);
    expect(unlocked(lock)).toEqual([]);
  });

  test('are permissively licensed', () => {
    expect(unlicensed(lock)).toEqual([]);
  });

  test('an address, a missing checksum and a licence that binds are noticed', () => {
    const packages = {
      '': { license: 'Apache-2.0' },
      'node_modules/a': { license: 'MIT', resolved: 'https://example.com/a.tgz', integrity: 'sha512-x' },
      'node_modules/b': { license: 'MIT' },
      'node_modules/c': { license: 'AGPL-3.0', integrity: 'sha512-x' },
      'node_modules/d': { integrity: 'sha512-x' },
      'node_modules/e': { license: '(MIT OR GPL-3.0-or-later)', integrity: 'sha512-x' },
      'node_modules/f': { license: 'Apache-2.0 AND GPL-2.0', integrity: 'sha512-x' },
      'node_modules/g': { license: 'Apache-2.0 AND MIT', integrity: 'sha512-x' },
    };
    expect(addresses({ packages })).toEqual([expect.stringContaining('node_modules/a')]);
    expect(withoutIntegrity({ packages })).toEqual([expect.stringContaining('node_modules/b')]);
    const asking = {
      'node_modules/a/node_modules/b': { dependencies: { c: '1' }, optionalDependencies: { d: '1' } },
    };
    expect(unlocked({ packages: { ...asking, 'node_modules/a/node_modules/c': {} } })).toEqual([
      expect.stringContaining('node_modules/a/node_modules/b needs d'),
    ]);
    expect(unlicensed({ packages })).toEqual([
      'node_modules/c is AGPL-3.0: use another package',
      'node_modules/d is of unknown licence: use another package',
      'node_modules/f is Apache-2.0 AND GPL-2.0: use another package',
    ]);
  });
});
