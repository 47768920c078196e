/** The pure parts: one-time passwords and the QR code that carries their key. */
import { hash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { qrCode } from '#local/parts/cognito/qr.ts';
import { totpStep, totpUri } from '#local/parts/cognito/totp.ts';

describe('one-time passwords', () => {
  // RFC 6238, appendix B, the last six digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %i the code of the standard is accepted', (seconds, code) => {
    expect(totpStep(secret, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  test('a code is good one step early or late, and no further', () => {
    const at = (step: number) => totpStep(secret, '081804', (37_037_036 + step) * 30_000);
    expect([at(-2), at(-1), at(0), at(1), at(2)]).toEqual([
      undefined,
      37_037_036,
      37_037_036,
      37_037_036,
      undefined,
    ]);
    expect(totpStep(secret, '', 59_000)).toBeUndefined();
    expect(totpStep(secret, '28708', 59_000)).toBeUndefined();
  });
});

describe('QR codes', () => {
  // Every version was read back by an independent reader when these were recorded.
  test.each([
    [10, 'ce6d4409496801b7'],
    [90, '3809420a5bb440b4'],
    [180, '43e1173ebb13f549'],
    [300, 'a5c8e150b66361bf'],
    [520, '6aa6e941ec44359d'],
  ])('%i characters are drawn as when a reader read them', (length, digest) => {
    const text = Array.from({ length }, (_, at) => String.fromCharCode(33 + ((at * 31 + length) % 90))).join(
      '',
    );
    expect(hash('sha256', qrCode(text), 'hex').slice(0, 16)).toBe(digest);
  });

  test('the address of any user fits', () => {
    expect(qrCode(totpUri('A'.repeat(32), `${'💠'.repeat(60)}@example.com`))).toContain('<svg');
    expect(() => qrCode('x'.repeat(600))).toThrow(RangeError);
  });
});
