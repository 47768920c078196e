/** The text of an API key: what it tells, what it does not, and how mistakes show without a look-up. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { keyEnvironments } from '#shared/contract/actor.ts';
import { looksLikeKey, newKeySecret, readKeySecret } from '#shared/tenancy/key-secret.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('the text of a key', () => {
  test.each(keyEnvironments)('[IDN-8] begins with what a scanner finds and says %s', (environment) => {
    const { text, prefix } = newKeySecret(environment);
    expect(text).toMatch(new RegExp(`^plk_${environment}_[0-9A-Za-z]{36}_[0-9A-Za-z]{6}$`));
    expect(looksLikeKey(text)).toBe(true);
    expect(text.startsWith(prefix)).toBe(true);
    expect(prefix).toHaveLength(`plk_${environment}_`.length + 8);
  });

  test('[IDN-8] what is not shown is at least 160 random bits, spread evenly', () => {
    const hidden = Array.from({ length: 2_000 }, () => newKeySecret('live').text.slice(17, 45));
    expect(Math.log2(alphabet.length) * 28).toBeGreaterThan(160);
    expect(new Set(hidden).size).toBe(hidden.length);
    const counts = new Map<string, number>();
    for (const character of hidden.join('')) counts.set(character, (counts.get(character) ?? 0) + 1);
    const expected = (2_000 * 28) / alphabet.length;
    const chi = [...alphabet].reduce(
      (sum, one) => sum + ((counts.get(one) ?? 0) - expected) ** 2 / expected,
      0,
    );
    // 61 degrees of freedom: an even source exceeds this once in ten million runs.
    expect(chi).toBeLessThan(135);
  });

  test('[IDN-8] what is stored is the SHA-256 of it all, and nothing of the text can be read from it', () => {
    const { text, hash } = newKeySecret('live');
    expect(hash).toEqual(createHash('sha256').update(text).digest());
    expect(readKeySecret(text)).toEqual(hash);
  });
});

describe('a text that is no key is known without asking anybody', () => {
  const { text } = newKeySecret('live');

  test('[IDN-8] any single wrong character', () => {
    const wrong = [...text].flatMap((right, index) =>
      ['a', 'B', '7', '_', ' '].filter((other) => other !== right).map((other) => replaced(index, other)),
    );
    expect(wrong.filter((one) => readKeySecret(one) !== undefined)).toEqual([]);
  });

  test('[IDN-8] any two neighbours that changed places', () => {
    const swapped = Array.from({ length: text.length - 1 }, (_, index) => {
      const [one = '', two = ''] = text.slice(index, index + 2);
      return `${text.slice(0, index)}${two}${one}${text.slice(index + 2)}`;
    }).filter((one) => one !== text);
    expect(swapped.filter((one) => readKeySecret(one) !== undefined)).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['the beginning alone', 'plk_live_'],
    ['another environment', text.replace('plk_live_', 'plk_test_')],
    ['an unknown environment', text.replace('plk_live_', 'plk_prod_')],
    ['upper case', text.toUpperCase()],
    ['a line after it', `${text}\n`],
    ['a space before it', ` ${text}`],
    ['twice', `${text}${text}`],
    ['cut off', text.slice(0, -1)],
    ['no checksum', text.slice(0, text.lastIndexOf('_'))],
  ])('[IDN-8] %s', (_name, wrong) => {
    expect(readKeySecret(wrong)).toBeUndefined();
  });

  function replaced(index: number, other: string): string {
    return `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
  }
});
