/** What the types alone refuse: a declaration or an operation that is wrong does not compile. */
import { describe, expect, test } from '@jest/globals';
import { complaintsOf } from './compile.ts';
import { prelude, snippets } from './snippets.ts';

const nameOf = (title: string) => title.replaceAll(/\W+/g, '-');
const complaints = complaintsOf(
  Object.fromEntries(Object.entries(snippets).map(([title, text]) => [nameOf(title), prelude + text])),
);

const linesMarked = (text: string) =>
  text.split('\n').flatMap((line, index) => (line.endsWith('// ✗') ? [index + 1] : []));

describe('[API-1] types alone', () => {
  test.each(Object.entries(snippets))('%s', (title, text) => {
    const found = complaints[nameOf(title)] ?? [];
    const unexpected = found.filter(({ line }) => !linesMarked(prelude + text).includes(line));
    expect(unexpected).toEqual([]);
    expect([...new Set(found.map(({ line }) => line))].sort((a, b) => a - b)).toEqual(
      linesMarked(prelude + text),
    );
  });
});
