/** Time-based one-time passwords (RFC 6238: SHA-1, 30 seconds, six digits), as authenticator apps expect. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const STEP_MS = 30_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 160 random bits in base32. */
export function newTotpSecret(): string {
  return [...randomBytes(32)].map((byte) => ALPHABET.charAt(byte % 32)).join('');
}

/**
 * The time step a code belongs to, when it is valid now or one step to either side; undefined otherwise. The
 * caller refuses a step that was used before.
 */
export function totpStep(secret: string, code: string, now = Date.now()): number | undefined {
  const current = Math.floor(now / STEP_MS);
  return [current, current - 1, current + 1].find((step) => {
    const expected = Buffer.from(totpCode(secret, step));
    const actual = Buffer.from(code.replaceAll(' ', ''));
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  });
}

/** What an authenticator app reads. The address only names the entry, so a long one may be cut to fit a QR code. */
export function totpUri(secret: string, email: string): string {
  const label = [...email].slice(0, 36).join('');
  return `otpauth://totp/Plinth:${encodeURIComponent(label)}?secret=${secret}&issuer=Plinth`;
}

function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) as number) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function fromBase32(text: string): Buffer {
  let bits = 0;
  let held = 0;
  const bytes: number[] = [];
  for (const character of text) {
    held = ((held << 5) | ALPHABET.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
  }
  return Buffer.from(bytes);
}
