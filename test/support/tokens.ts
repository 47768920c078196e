/** A user pool's keys for tests: signs tokens, good and bad, and serves the key set over loopback. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { randomUUID } from 'node:crypto';

/** Pool and client that the tests' tokens belong to. */
export const poolId = 'us-east-1_testpool';
export const clientId = 'test-client';
export const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${poolId}`;

export type Person = { sub: string; email: string; name: string };

export type TokenOptions = {
  claims?: JWTPayload;
  header?: Partial<JWTHeaderParameters>;
  groups?: string[];
  key?: CryptoKey | Uint8Array;
  expiresInSeconds?: number;
};

export type TestPool = {
  /** What stands for the Cognito endpoint. */
  url: string;
  publicKeyPem: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
  /** An access token as Cognito and the pre-token trigger make it, unless told otherwise. */
  token(person: Person, options?: TokenOptions): Promise<string>;
  /** Whether the key set can be fetched. */
  online: boolean;
  stop(): Promise<void>;
};

/** A person nobody else is. */
export function newPerson(name = 'Ada'): Person {
  const sub = randomUUID();
  return { sub, email: `${name.toLowerCase()}-${sub.slice(0, 8)}@example.com`, name };
}

/** Starts the key server with a fresh RS256 key. */
export async function startTestPool(): Promise<TestPool> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test-key', alg: 'RS256', use: 'sig' };
  const server = createServer((request, response) => {
    const known = pool.online && request.url === `/${poolId}/.well-known/jwks.json`;
    response.writeHead(known ? 200 : 503, { 'content-type': 'application/json' });
    response.end(known ? JSON.stringify({ keys: [jwk] }) : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pool: TestPool = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publicKeyPem: await pemOf(publicKey),
    privateKey,
    publicJwk: jwk,
    online: true,
    token: (person, options = {}) => sign(person, options, privateKey),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return pool;
}

function sign(person: Person, options: TokenOptions, privateKey: CryptoKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload: JWTPayload = {
    sub: person.sub,
    username: person.sub,
    email: person.email,
    email_verified: true,
    name: person.name,
    iss: issuer,
    client_id: clientId,
    token_use: 'access',
    scope: 'openid',
    auth_time: now,
    // One session for each person, however many tokens a test asks for.
    origin_jti: person.sub,
    iat: now,
    exp: now + (options.expiresInSeconds ?? 300),
    jti: randomUUID(),
    ...(options.groups === undefined ? {} : { 'cognito:groups': options.groups }),
    ...options.claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'RS256', kid: 'test-key', ...options.header })
    .sign(options.key ?? privateKey);
}

async function pemOf(key: CryptoKey): Promise<string> {
  const { exportSPKI } = await import('jose');
  return exportSPKI(key);
}
