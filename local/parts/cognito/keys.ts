/**
 * The pool's secrets: the RS256 signing key, and one secret for cookies, form tokens and code hashes. They
 * are created once and kept in the state folder, readable by this user only.
 */
import { createHmac, generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { partFolder } from '#local/state.ts';

export type Keys = {
  kid: string;
  /** Private JWK, for the provider's own key store. */
  jwk: JWK;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  /** What `/.well-known/jwks.json` answers. */
  publicSet: { keys: JWK[] };
  /** HMAC-SHA256 over a purpose and a value: cookie keys, form tokens and code hashes never share a key. */
  mac(purpose: string, value: string): string;
};

type Stored = { jwk: JWK & { kid: string }; secret: string };

export async function loadKeys(state: string): Promise<Keys> {
  const file = join(partFolder(state, 'cognito'), 'keys.json');
  const { jwk, secret } = read(file) ?? (await create(file));
  const { kty, alg, use, kid, n, e } = jwk as JWK &
    Required<Pick<JWK, 'kty' | 'alg' | 'use' | 'n' | 'e'>> & { kid: string };
  const publicJwk = { kty, alg, use, kid, n, e };
  return {
    kid,
    jwk,
    privateKey: (await importJWK(jwk, 'RS256')) as CryptoKey,
    publicKey: (await importJWK(publicJwk, 'RS256')) as CryptoKey,
    publicSet: { keys: [publicJwk] },
    mac: (purpose, value) => createHmac('sha256', `${secret}.${purpose}`).update(value).digest('base64url'),
  };
}

function read(file: string): Stored | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Stored;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The sign-in keys in ${file} cannot be read`, { cause: error });
  }
}

async function create(file: string): Promise<Stored> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = {
    ...(privateKey.export({ format: 'jwk' }) as JWK),
    kid: randomUUID(),
    alg: 'RS256',
    use: 'sig',
  };
  const stored: Stored = { jwk, secret: randomBytes(32).toString('base64url') };
  // A kill between the two leaves no half-written key behind.
  writeFileSync(`${file}.new`, JSON.stringify(stored), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return stored;
}
