/**
 * Tokens that must not open anything: every way in which a credential can be wrong, missing or made by an
 * attacker. Each becomes the value of the Authorization header.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { PoolFacts } from '../support/site.ts';
import { claimsOf, type Person } from '../support/world.ts';

export type Forgery = {
  name: string;
  /** The header's value for this person; undefined sends none. */
  header(person: Person): Promise<string | undefined>;
};

export type Forge = {
  forgeries: readonly Forgery[];
  /** Requests for keys that the attacker's own server got: anybody who asked believed a token's header. */
  keyRequests(): number;
  stop(): Promise<void>;
};

type Header = Record<string, unknown>;

/** What an attacker would like to be believed: were the token taken, it would open everything. */
function wishes(pool: PoolFacts, person: Person): JWTPayload {
  return { ...claimsOf(pool, person), 'cognito:groups': ['platform-admin'] };
}

/** A forge for tokens of a pool, with a key server of the attacker's own. */
export async function startForge(pool: PoolFacts): Promise<Forge> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const attackerJwk = { ...(await exportJWK(publicKey)), kid: pool.kid, alg: 'RS256', use: 'sig' };
  const attacker = { privateKey, jwk: attackerJwk };
  const lure = await startLure(attackerJwk);
  return {
    forgeries: [
      ...withoutToken(),
      ...withWrongClaims(pool),
      ...withWrongSignature(pool, attacker),
      ...withInjectedKeys(pool, attacker, lure.url),
    ],
    keyRequests: () => lure.requests,
    stop: () => lure.stop(),
  };
}

function withoutToken(): Forgery[] {
  const fixed = (name: string, value: string | undefined): Forgery => ({ name, header: async () => value });
  return [
    fixed('no token', undefined),
    fixed('an empty header', ''),
    fixed('no scheme and no token', 'Bearer'),
    fixed('an empty token', 'Bearer '),
    fixed('a word', 'Bearer token'),
    fixed('three words', 'Bearer a.b.c'),
    fixed('dots', 'Bearer ..'),
    fixed('empty objects', 'Bearer e30.e30.e30'),
    fixed(
      'not JSON',
      `Bearer ${['{', '{', ''].map((part) => Buffer.from(part).toString('base64url')).join('.')}`,
    ),
    fixed('a very long word', `Bearer ${'a'.repeat(7_000)}`),
    fixed('a password', `Basic ${Buffer.from('admin:admin').toString('base64')}`),
    fixed('null', 'Bearer null'),
  ];
}

/** Signed by the pool's own key, as its tokens for other purposes and other times are. */
function withWrongClaims(pool: PoolFacts): Forgery[] {
  const now = () => Math.floor(Date.now() / 1000);
  const genuine = (name: string, change: (claims: JWTPayload) => JWTPayload, scheme = 'Bearer'): Forgery => ({
    name,
    header: async (person) =>
      `${scheme} ${await sign(change(wishes(pool, person)), { kid: pool.kid }, pool.privateKey)}`,
  });
  const without = (claims: JWTPayload, ...names: string[]) =>
    Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
  return [
    genuine('another scheme', (claims) => claims, 'Basic'),
    genuine('two tokens', (claims) => claims, 'Bearer a.b.c'),
    genuine('expired', (claims) => ({ ...claims, iat: now() - 7200, exp: now() - 1 })),
    genuine('expired long ago', (claims) => ({ ...claims, iat: 0, exp: 1 })),
    genuine('not yet valid', (claims) => ({ ...claims, nbf: now() + 600 })),
    genuine('expiry as a text', (claims) => ({ ...claims, exp: '9999999999' as unknown as number })),
    genuine('wrong issuer', (claims) => ({ ...claims, iss: 'https://issuer.example' })),
    genuine('issuer of another pool', (claims) => ({ ...claims, iss: `${pool.issuer}x` })),
    genuine('issuer of another region', (claims) => ({
      ...claims,
      iss: pool.issuer.replace('us-east-1', 'eu-west-1'),
    })),
    genuine('no issuer', (claims) => without(claims, 'iss')),
    genuine('wrong client', (claims) => ({ ...claims, client_id: 'another-client' })),
    genuine('no client', (claims) => without(claims, 'client_id')),
    genuine('client as audience', (claims) => ({ ...without(claims, 'client_id'), aud: pool.clientId })),
    genuine('an ID token', (claims) => ({
      ...without(claims, 'client_id'),
      ...{ token_use: 'id', aud: pool.clientId, 'cognito:username': claims.sub },
    })),
    genuine('an ID token with a client', (claims) => ({ ...claims, token_use: 'id', aud: pool.clientId })),
    genuine('no token use', (claims) => without(claims, 'token_use')),
    genuine('no subject', (claims) => without(claims, 'sub')),
    genuine('a subject that is no id', (claims) => ({ ...claims, sub: "' or true --" })),
  ];
}

type Attacker = { privateKey: CryptoKey; jwk: JWK };

function withWrongSignature(pool: PoolFacts, attacker: Attacker): Forgery[] {
  const forged = (name: string, make: (claims: JWTPayload) => Promise<string> | string): Forgery => ({
    name,
    header: async (person) => `Bearer ${await make(wishes(pool, person))}`,
  });
  const genuine = (claims: JWTPayload) => sign(claims, { kid: pool.kid }, pool.privateKey);
  const unsigned = (claims: JWTPayload, header: Header) => `${encode(header)}.${encode(claims)}.`;
  const hs256 = (claims: JWTPayload, secret: string, header: Header = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: pool.kid, ...header })
      .sign(new TextEncoder().encode(secret));
  return [
    ...['none', 'None', 'NONE', ''].map((alg) =>
      forged(`alg "${alg}"`, (claims) => unsigned(claims, { alg, typ: 'JWT', kid: pool.kid })),
    ),
    forged('alg none with a signature', async (claims) => {
      const [, payload, signature] = (await genuine(claims)).split('.');
      return `${encode({ alg: 'none', kid: pool.kid })}.${payload}.${signature}`;
    }),
    forged('no algorithm', (claims) => unsigned(claims, { kid: pool.kid })),
    forged('HS256 with the public key', (claims) => hs256(claims, pool.publicPem)),
    forged('HS256 with the public key’s modulus', (claims) => hs256(claims, pool.publicJwk.n ?? '')),
    forged('HS256 with the public JWK', (claims) => hs256(claims, JSON.stringify(pool.publicJwk))),
    forged('another algorithm of the same key', async (claims) => {
      const [, payload, signature] = (await genuine(claims)).split('.');
      return `${encode({ alg: 'RS512', kid: pool.kid })}.${payload}.${signature}`;
    }),
    forged('another key', (claims) => sign(claims, { kid: pool.kid }, attacker.privateKey)),
    forged('another payload under the signature', async (claims) => {
      const [header, , signature] = (await genuine(claims)).split('.');
      return `${header}.${encode({ ...claims, sub: randomUUID() })}.${signature}`;
    }),
    forged('no signature', async (claims) => (await genuine(claims)).replace(/[^.]+$/, '')),
    forged('half a signature', async (claims) => (await genuine(claims)).slice(0, -100)),
    forged('one bit of the signature flipped', async (claims) => {
      const token = await genuine(claims);
      const at = token.lastIndexOf('.') + 1;
      return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    }),
    forged('a fourth part', async (claims) => `${await genuine(claims)}.x`),
  ];
}

function withInjectedKeys(pool: PoolFacts, attacker: Attacker, lureUrl: string): Forgery[] {
  const forged = (name: string, header: Header, key = attacker.privateKey): Forgery => ({
    name,
    header: async (person) => `Bearer ${await sign(wishes(pool, person), { kid: pool.kid, ...header }, key)}`,
  });
  return [
    forged('unknown kid', { kid: 'unknown' }),
    forged('unknown kid on a genuine signature', { kid: 'unknown' }, pool.privateKey),
    forged('no kid', { kid: undefined }),
    ...[
      '../../../../dev/null',
      "' union select 'x' --",
      '__proto__',
      `${lureUrl}/keys`,
      pool.kid.toUpperCase(),
    ].map((kid) => forged(`kid ${kid.replace(lureUrl, 'a URL')}`.slice(0, 40), { kid })),
    forged('jku', { jku: `${lureUrl}/keys` }),
    forged('jku and an unknown kid', { jku: `${lureUrl}/keys`, kid: 'attacker' }),
    forged('x5u', { x5u: `${lureUrl}/cert` }),
    forged('jwk', { jwk: attacker.jwk }),
    forged('jwk and an unknown kid', { jwk: attacker.jwk, kid: 'attacker' }),
    forged('x5c', { x5c: [attacker.jwk.n ?? ''] }),
    {
      name: 'the issuer is the attacker',
      header: async (person) => {
        const claims = { ...wishes(pool, person), iss: lureUrl };
        return `Bearer ${await sign(claims, { kid: pool.kid }, attacker.privateKey)}`;
      },
    },
  ];
}

function sign(claims: JWTPayload, header: Header, key: CryptoKey): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(key);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Serves the attacker's key to whoever is fooled into asking. */
async function startLure(jwk: JWK): Promise<{ url: string; requests: number; stop(): Promise<void> }> {
  const server: Server = createServer((_request, response) => {
    lure.requests += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const lure = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: 0,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return lure;
}
