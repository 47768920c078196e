/** Secrets that only the holder of another secret can read: AES-256-GCM under a key that is derived from it. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;

/** Seals a text; `of` is what it belongs to, and it opens for nothing else. */
export function seal(plain: string, secret: string, of: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyFrom(secret, of), nonce);
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/**
 * Opens what was sealed with the same secret for the same thing.
 * @throws Error for anything else
 */
export function unseal(sealed: string, secret: string, of: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const cipher = createDecipheriv('aes-256-gcm', keyFrom(secret, of), bytes.subarray(0, nonceBytes));
  cipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const plain = [cipher.update(bytes.subarray(nonceBytes + tagBytes)), cipher.final()];
  return Buffer.concat(plain).toString('utf8');
}

function keyFrom(secret: string, of: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, of, 'plinth sealed', 32));
}
