/** One-time passwords from an authenticator app, at the pages and through the API. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authorization, browser, exchange } from './browser.ts';
import { PASSWORD, startPool, totp } from './pool.ts';
import type { TestPool } from './pool.ts';

type Challenge = { ChallengeName?: string; Session: string; AuthenticationResult?: { AccessToken: string } };

const initiate = async (pool: TestPool, email: string): Promise<Challenge> =>
  (await pool.call('InitiateAuth', {
    ClientId: 'console',
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: email, PASSWORD },
  })) as Challenge;
const respond = (pool: TestPool, Session: string, code: string) =>
  pool.call('RespondToAuthChallenge', {
    ClientId: 'console',
    ChallengeName: 'SOFTWARE_TOKEN_MFA',
    Session,
    ChallengeResponses: { USERNAME: 'x', SOFTWARE_TOKEN_MFA_CODE: code },
  });
/** A user with a working authenticator, and the code that set it up, which is used up. */
const enrol = async (pool: TestPool, email: string): Promise<{ secret: string; used: string }> => {
  await pool.addUser(email);
  const { AuthenticationResult: result } = await initiate(pool, email);
  const AccessToken = result?.AccessToken;
  const { SecretCode } = (await pool.call('AssociateSoftwareToken', { AccessToken })) as {
    SecretCode: string;
  };
  const used = totp(SecretCode);
  await pool.call('VerifySoftwareToken', { AccessToken, UserCode: used });
  await pool.call('SetUserMFAPreference', {
    AccessToken,
    SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
  });
  expect(await pool.call('GetUser', { AccessToken })).toMatchObject({
    UserMFASettingList: ['SOFTWARE_TOKEN_MFA'],
  });
  return { secret: SecretCode, used };
};
const wrongFor = (secret: string): string => {
  const valid = [-1, 0, 1, 2].map((ahead) => totp(secret, ahead));
  return ['000000', '111111', '222222', '333333', '444444'].find((code) => !valid.includes(code)) ?? '';
};

describe('where a second factor is optional', () => {
  let pool: TestPool;
  beforeAll(async () => {
    pool = await startPool({ mfa: 'OPTIONAL' });
  });
  afterAll(async () => {
    await pool.stop();
  });

  test('[IDN-1] a user with an authenticator gets no token for the password alone', async () => {
    const { secret, used } = await enrol(pool, 'api@example.com');
    const challenge = await initiate(pool, 'api@example.com');
    expect(challenge).toMatchObject({ ChallengeName: 'SOFTWARE_TOKEN_MFA' });
    expect(challenge).not.toHaveProperty('AuthenticationResult');
    await expect(respond(pool, challenge.Session, used)).rejects.toMatchObject({
      code: 'ExpiredCodeException',
      message: 'Your software token has already been used once.',
    });
    expect(await respond(pool, challenge.Session, totp(secret, 1))).toHaveProperty('AuthenticationResult');
    await expect(respond(pool, challenge.Session, totp(secret, 1))).rejects.toMatchObject({
      code: 'NotAuthorizedException',
    });
  });

  test('[IDN-6] a session allows five codes, and guessing on with new sessions locks', async () => {
    const { secret } = await enrol(pool, 'guessed@example.com');
    const wrong = wrongFor(secret);
    const challenge = await initiate(pool, 'guessed@example.com');
    for (let guess = 0; guess < 5; guess += 1) {
      await expect(respond(pool, challenge.Session, wrong)).rejects.toMatchObject({
        code: 'CodeMismatchException',
      });
    }
    await expect(respond(pool, challenge.Session, totp(secret, 1))).rejects.toMatchObject({
      code: 'NotAuthorizedException',
    });
    const next = await initiate(pool, 'guessed@example.com');
    pool.sql("UPDATE attempts SET locked_until = ? WHERE subject LIKE 'totp:%'", Date.now() + 60_000);
    await expect(respond(pool, next.Session, totp(secret, 1))).rejects.toMatchObject({
      message: 'Password attempts exceeded',
    });
  });

  test('a session belongs to its client and ends', async () => {
    const { secret } = await enrol(pool, 'session@example.com');
    const { Session } = await initiate(pool, 'session@example.com');
    const body = {
      ClientId: 'plain',
      ChallengeName: 'SOFTWARE_TOKEN_MFA',
      Session,
      ChallengeResponses: { SOFTWARE_TOKEN_MFA_CODE: totp(secret, 1) },
    };
    await expect(pool.call('RespondToAuthChallenge', body)).rejects.toMatchObject({
      code: 'NotAuthorizedException',
    });
    pool.sql('UPDATE challenges SET expires = ?', Date.now() - 1);
    await expect(respond(pool, Session, totp(secret, 1))).rejects.toMatchObject({
      code: 'NotAuthorizedException',
    });
  });

  test('[IDN-1] the hosted page asks for the code and lets nobody past it', async () => {
    const { secret } = await enrol(pool, 'page@example.com');
    const visitor = browser(pool.loginUrl);
    const request = authorization();
    const start = await visitor.open(request.url);
    const challenge = await visitor.submit(start, { email: 'page@example.com', password: PASSWORD });
    expect(challenge.text).toContain('Two-step verification');
    // The request itself is not fulfilled by a password alone.
    expect((await visitor.open(authorization().url)).text).toContain('<h1>Sign in</h1>');
    expect((await visitor.submit(challenge, { code: wrongFor(secret) })).text).toContain(
      'This code is not right',
    );
    const done = await visitor.submit(challenge, { code: totp(secret, 1) });
    const code = new URL(done.location ?? '').searchParams.get('code') ?? '';
    expect((await exchange(pool.loginUrl, code, request)).status).toBe(200);
  });
});

describe('where a second factor is required', () => {
  let pool: TestPool;
  beforeAll(async () => {
    pool = await startPool({ mfa: 'ON' });
  });
  afterAll(async () => {
    await pool.stop();
  });

  test('[IDN-1] the first hosted sign-in sets it up, the next asks for it', async () => {
    await pool.addUser('setup@example.com');
    const visitor = browser(pool.loginUrl);
    const setUp = await visitor.submit(await visitor.open(authorization().url), {
      email: 'setup@example.com',
      password: PASSWORD,
    });
    expect(setUp.text).toContain('Set up two-step verification');
    expect(setUp.text).toContain('<svg');
    const secret = /secret=([A-Z2-7]+)/.exec(setUp.text)?.[1] ?? '';
    const wrong = await visitor.submit(setUp, { code: wrongFor(secret) });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain(`secret=${secret}`);
    expect((await visitor.submit(setUp, { code: totp(secret) })).location).toContain('code=');

    const later = browser(pool.loginUrl);
    const challenge = await later.submit(await later.open(authorization().url), {
      email: 'setup@example.com',
      password: PASSWORD,
    });
    expect(challenge.text).toContain('Two-step verification');
    expect((await later.submit(challenge, { code: totp(secret, 1) })).location).toContain('code=');
  });

  test('[IDN-1] through the API the set-up cannot be skipped', async () => {
    await pool.addUser('skip@example.com');
    const { ChallengeName, Session } = await initiate(pool, 'skip@example.com');
    expect(ChallengeName).toBe('MFA_SETUP');
    const finish = (session: unknown) =>
      pool.call('RespondToAuthChallenge', {
        ClientId: 'console',
        ChallengeName: 'MFA_SETUP',
        Session: session,
        ChallengeResponses: { USERNAME: 'x' },
      });
    await expect(finish(Session)).rejects.toMatchObject({ code: 'NotAuthorizedException' });
    const { SecretCode } = (await pool.call('AssociateSoftwareToken', { Session })) as { SecretCode: string };
    await expect(
      pool.call('VerifySoftwareToken', { Session, UserCode: wrongFor(SecretCode) }),
    ).rejects.toMatchObject({
      code: 'EnableSoftwareTokenMFAException',
    });
    await expect(finish(Session)).rejects.toMatchObject({ code: 'NotAuthorizedException' });
    const verified = await pool.call('VerifySoftwareToken', { Session, UserCode: totp(SecretCode) });
    expect(await finish(verified.Session)).toHaveProperty('AuthenticationResult');
  });
});

test('where the pool has no second factor, none can be set up', async () => {
  const pool = await startPool();
  await pool.addUser('off@example.com');
  const { AuthenticationResult: result } = await initiate(pool, 'off@example.com');
  await expect(
    pool.call('AssociateSoftwareToken', { AccessToken: result?.AccessToken }),
  ).rejects.toMatchObject({
    code: 'SoftwareTokenMFANotFoundException',
  });
  await pool.stop();
});
