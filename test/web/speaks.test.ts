/** Names of languages, as browsers give them. */
import { expect, test } from '@jest/globals';
import { speaks } from '../../web/src/parts/speaks.ts';

test.each(['en', 'en-GB', 'zh-Hant-TW', 'ar-KW'])('%s is a language', (name) => {
  expect(speaks(name)).toBe(true);
});

test.each(['en-US@posix', 'C', 'en_US.UTF-8'])('%j, from a POSIX locale, is none', (name) => {
  expect(speaks(name)).toBe(false);
  expect(() => new Intl.NumberFormat(name).format(1)).toThrow(RangeError);
});
