/** What the documents point at exists. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const documents = ['README.md', ...globSync('docs/**/*.md', { cwd: root })];

/** Targets of relative links, and files or folders of the project that are named in prose. */
function namedIn(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, target = '']) =>
    join(dirname(document), target),
  );
  const folders = 'bin|lib|functions|shared|local|web|test|docs|bench';
  const paths = [...text.matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, 'g'))]
    .map(([, path = '']) => path)
    .filter((path) => !path.includes('NNNN') && !path.includes('notes'));
  return [...links, ...paths];
}

describe('the documents', () => {
  test.each(documents)('%s points only at what exists', (document) => {
    expect(namedIn(document).filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  test('every decision stands in the index', () => {
    const listed = namedIn('docs/decisions/README.md').sort();
    const written = globSync('docs/decisions/*.md', { cwd: root }).filter(
      (path) => !path.endsWith('README.md'),
    );
    expect(listed).toEqual(written.sort());
  });

  test('none is reachable from nowhere', () => {
    const linked = new Set(documents.flatMap(namedIn));
    const folders = [...linked].filter((target) => target.endsWith('/'));
    const lost = documents.filter(
      (document) =>
        document !== 'README.md' &&
        !linked.has(document) &&
        !folders.some((folder) => document.startsWith(folder)),
    );
    expect(lost).toEqual([]);
  });
});
