/** Tokens pass the verifier that the product uses, and nothing else does. */
import { generateKeyPairSync } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { SignJWT, decodeProtectedHeader } from 'jose';
import { signInHosted } from './browser.ts';
import type { TokenAnswer } from './browser.ts';
import { PASSWORD, POOL_ID, startPool } from './pool.ts';
import type { TestPool, TriggerEvent } from './pool.ts';

let pool: TestPool;
let sub: string;
let tokens: TokenAnswer;
const events: TriggerEvent[] = [];

beforeAll(async () => {
  pool = await startPool(
    { triggers: { PreTokenGeneration: 'arn:aws:lambda:us-east-1:000000000000:function:claims' } },
    (event) => {
      events.push(event);
      return {
        ok: true,
        payload: {
          ...event,
          response: {
            claimsAndScopeOverrideDetails: {
              accessTokenGeneration: {
                claimsToAddOrOverride: { tenant: 'acme', sub: 'somebody-else', roles: ['owner'] },
                scopesToAdd: ['orders/read'],
                scopesToSuppress: ['profile'],
              },
              idTokenGeneration: {
                claimsToAddOrOverride: { plan: 'pro' },
                claimsToSuppress: ['name', 'iss'],
              },
            },
          },
        },
      };
    },
  );
  sub = await pool.addUser('ada@example.com');
  tokens = await signInHosted(pool.loginUrl, 'ada@example.com', PASSWORD, { nonce: 'n-1' });
});
afterAll(async () => {
  await pool.stop();
});

const verifier = (tokenUse: 'access' | 'id', clientId = 'console') => {
  const checks = CognitoJwtVerifier.create({ userPoolId: POOL_ID, tokenUse, clientId });
  checks.cacheJwks(pool.jwks() as Parameters<typeof checks.cacheJwks>[0]);
  return checks;
};

describe('claims', () => {
  test('[IDN-2] an access token carries what Cognito’s do', async () => {
    const claims = await verifier('access').verify(tokens.access_token);
    expect(claims).toMatchObject({
      sub,
      username: sub,
      client_id: 'console',
      token_use: 'access',
      version: 2,
      iss: `https://cognito-idp.us-east-1.amazonaws.com/${POOL_ID}`,
    });
    expect(claims.exp - claims.iat).toBe(300);
    expect(claims.origin_jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(claims.jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(claims).not.toHaveProperty('aud');
    expect(claims).not.toHaveProperty('email');
  });

  test('[IDN-2] an ID token carries the user', async () => {
    expect(await verifier('id').verify(tokens.id_token)).toMatchObject({
      sub,
      aud: 'console',
      token_use: 'id',
      email: 'ada@example.com',
      email_verified: true,
      'cognito:username': sub,
      nonce: 'n-1',
      plan: 'pro',
    });
  });

  test('the trigger shapes claims and scopes, but not those that say who and from where', async () => {
    const claims = await verifier('access').verify(tokens.access_token);
    expect(claims).toMatchObject({
      tenant: 'acme',
      roles: ['owner'],
      scope: 'openid email orders/read',
      sub,
    });
    const id = await verifier('id').verify(tokens.id_token);
    expect(id).not.toHaveProperty('name');
    expect(events[0]).toMatchObject({
      version: '2',
      triggerSource: 'TokenGeneration_HostedAuth',
      userPoolId: POOL_ID,
      userName: sub,
      callerContext: { clientId: 'console' },
      request: {
        userAttributes: { sub, email: 'ada@example.com', email_verified: 'true' },
        scopes: ['openid', 'email', 'profile'],
        groupConfiguration: { groupsToOverride: [] },
      },
      response: { claimsAndScopeOverrideDetails: null },
    });
  });
});

describe('forgeries', () => {
  test('[IDN-2] a token is refused after any change to it', async () => {
    const [header = '', payload = '', signature = ''] = tokens.access_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const foreign = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: decodeProtectedHeader(tokens.access_token).kid ?? '' })
      .sign(privateKey);
    const forged = [
      [header, encode({ ...claims, tenant: 'other' }), signature].join('.'),
      [encode({ alg: 'none' }), payload, ''].join('.'),
      [header, payload, `${signature.slice(0, -4)}AAAA`].join('.'),
      foreign,
    ];
    for (const token of forged) {
      await expect(verifier('access').verify(token)).rejects.toThrow();
      const answer = await fetch(`${pool.loginUrl}/oauth2/userInfo`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(401);
    }
  });

  test('[IDN-2] a token is refused for another use, client or issuer', async () => {
    await expect(verifier('access').verify(tokens.id_token)).rejects.toThrow();
    await expect(verifier('id').verify(tokens.access_token)).rejects.toThrow();
    await expect(verifier('access', 'other').verify(tokens.access_token)).rejects.toThrow();
    const elsewhere = CognitoJwtVerifier.create({
      userPoolId: 'us-east-1_another',
      tokenUse: 'access',
      clientId: 'console',
    });
    elsewhere.cacheJwks(pool.jwks() as Parameters<typeof elsewhere.cacheJwks>[0]);
    await expect(elsewhere.verify(tokens.access_token)).rejects.toThrow();
    const answer = await fetch(`${pool.loginUrl}/oauth2/userInfo`, {
      headers: { authorization: `Bearer ${tokens.id_token}` },
    });
    expect(answer.status).toBe(401);
  });

  test('the key set holds no private part, and the key file only this user can read', () => {
    expect(JSON.stringify(pool.jwks())).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
    expect(statSync(join(pool.state, 'cognito', 'keys.json')).mode & 0o777).toBe(0o600);
  });
});
