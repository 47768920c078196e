/**
 * The text of an API key (IDN-8): `plk_live_<36 letters and digits>_<checksum>`. The fixed beginning lets scanners of
 * code find keys that were published, the checksum lets them and us tell a key from what merely looks like one
 * without asking anybody. Only a hash is ever stored; docs/decisions/api-keys.md says why a plain one is enough.
 */
import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { KeyEnvironment } from '../contract/actor.ts';

/** A new key: its text, which nobody keeps, and what is stored of it. */
export type KeySecret = { text: string; prefix: string; hash: Buffer };

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 36 characters are 214 bits. The first 8 are shown to recognise the key by; the others alone are 166 bits. */
const randomLength = 36;
const shownLength = 8;
const checksumLength = 6;

const form = new RegExp(
  `^(plk_(?:live|test)_[0-9A-Za-z]{${randomLength}})_([0-9A-Za-z]{${checksumLength}})$`,
);

/** A new random key. */
export function newKeySecret(environment: KeyEnvironment): KeySecret {
  const start = `plk_${environment}_`;
  const random = Array.from({ length: randomLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  const body = `${start}${random}`;
  const text = `${body}_${checksumOf(body)}`;
  return { text, prefix: body.slice(0, start.length + shownLength), hash: hashOf(text) };
}

/** Whether a credential claims to be an API key, well made or not. */
export function looksLikeKey(credential: string): boolean {
  return credential.startsWith('plk_');
}

/** The hash that a key is stored under; undefined for a text that cannot be a key. Asks nobody. */
export function readKeySecret(text: string): Buffer | undefined {
  const [, body, checksum] = form.exec(text) ?? [];
  if (body === undefined || checksumOf(body) !== checksum) return undefined;
  return hashOf(text);
}

/** CRC-32 of all that stands before it, in base 62: it finds mistakes, it is no protection. */
function checksumOf(body: string): string {
  let left = crc32(body);
  let digits = '';
  while (digits.length < checksumLength) {
    digits = `${alphabet[left % alphabet.length]}${digits}`;
    left = Math.floor(left / alphabet.length);
  }
  return digits;
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
