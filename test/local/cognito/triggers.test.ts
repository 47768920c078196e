/** Triggers get Cognito's events, and their refusals are refusals. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { authorization, browser, signInHosted, tokenRequest } from './browser.ts';
import { PASSWORD, POOL_ID, startPool } from './pool.ts';
import type { TestPool, Trigger, TriggerEvent } from './pool.ts';

let pool: TestPool;
afterEach(async () => {
  await pool.stop();
});

const ARN = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const ALL = Object.fromEntries(
  [
    'PreSignUp',
    'PostConfirmation',
    'PreTokenGeneration',
    'PreAuthentication',
    'PostAuthentication',
    'CustomMessage',
  ].map((name) => [name, ARN(name)]),
);
const refusing =
  (source: string): Trigger =>
  (event) =>
    event.triggerSource.startsWith(source)
      ? { ok: false, errorType: 'Error', errorMessage: 'The company is closed.' }
      : { ok: true, payload: event };
const signUp = (email: string) =>
  pool.call('SignUp', {
    ClientId: 'console',
    Username: email,
    Password: PASSWORD,
    ClientMetadata: { from: 'test' },
  });
const initiate = (email: string) =>
  pool.call('InitiateAuth', {
    ClientId: 'console',
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: email, PASSWORD },
  });
const refused = { code: 'UserLambdaValidationException' };

describe('events', () => {
  test('every step of a user’s way calls its trigger, in order', async () => {
    const events: TriggerEvent[] = [];
    pool = await startPool({ triggers: ALL }, (event) => {
      events.push(event);
      return { ok: true, payload: event };
    });
    const { UserSub } = await signUp('ada@example.com');
    await pool.call('ConfirmSignUp', {
      ClientId: 'console',
      Username: 'ada@example.com',
      ConfirmationCode: pool.codeFor('ada@example.com'),
    });
    await initiate('ada@example.com');
    const { refresh_token } = await signInHosted(pool.loginUrl, 'ada@example.com', PASSWORD);
    await tokenRequest(pool.loginUrl, { grant_type: 'refresh_token', refresh_token });
    await pool.call('ForgotPassword', { ClientId: 'console', Username: 'ada@example.com' });
    await pool.call('ConfirmForgotPassword', {
      ClientId: 'console',
      Username: 'ada@example.com',
      ConfirmationCode: pool.codeFor('ada@example.com'),
      Password: PASSWORD,
    });
    expect(events.map(({ triggerSource }) => triggerSource)).toEqual([
      'PreSignUp_SignUp',
      'CustomMessage_SignUp',
      'PostConfirmation_ConfirmSignUp',
      'PreAuthentication_Authentication',
      'PostAuthentication_Authentication',
      'TokenGeneration_Authentication',
      'PreAuthentication_Authentication',
      'PostAuthentication_Authentication',
      'TokenGeneration_HostedAuth',
      'TokenGeneration_RefreshTokens',
      'CustomMessage_ForgotPassword',
      'PostConfirmation_ConfirmForgotPassword',
    ]);
    expect(events[0]).toMatchObject({
      version: '1',
      region: 'us-east-1',
      userPoolId: POOL_ID,
      userName: UserSub,
      callerContext: { awsSdkVersion: expect.any(String), clientId: 'console' },
      request: { userAttributes: { email: 'ada@example.com' }, clientMetadata: { from: 'test' } },
      response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
    });
    expect(events[2]?.request.userAttributes).toMatchObject({
      sub: UserSub,
      email_verified: 'true',
      'cognito:user_status': 'CONFIRMED',
    });
  });

  test('a custom message replaces subject and text, around the code', async () => {
    pool = await startPool({ triggers: { CustomMessage: ARN('message') } }, (event) => ({
      ok: true,
      payload: {
        ...event,
        response: {
          emailSubject: 'Willkommen',
          emailMessage: `<p>Code ${String(event.request.codeParameter)}</p>`,
        },
      },
    }));
    await signUp('ada@example.com');
    expect(pool.mails[0]).toMatchObject({
      subject: 'Willkommen',
      html: `<p>Code ${pool.codeFor('ada@example.com')}</p>`,
    });
  });

  test('a pre-sign-up trigger may confirm the account and verify the address', async () => {
    pool = await startPool({ triggers: { PreSignUp: ARN('open') } }, (event) => ({
      ok: true,
      payload: { ...event, response: { autoConfirmUser: true, autoVerifyEmail: true } },
    }));
    expect(await signUp('ada@example.com')).toMatchObject({ UserConfirmed: true });
    expect(pool.mails).toEqual([]);
    expect(await initiate('ada@example.com')).toHaveProperty('AuthenticationResult');
  });
});

describe('refusals', () => {
  test('a refused sign-up leaves no user, and the page says why', async () => {
    pool = await startPool({ triggers: ALL }, refusing('PreSignUp'));
    await expect(signUp('ada@example.com')).rejects.toMatchObject({
      ...refused,
      message: 'PreSignUp failed with error The company is closed.',
    });
    const visitor = browser(pool.loginUrl);
    const start = await visitor.open(authorization().url.replace('/oauth2/authorize', '/signup'));
    const page = await visitor.submit(start, { name: 'Ada', email: 'ada@example.com', password: PASSWORD });
    expect(page.text).toMatch(/role="alert">\s*The company is closed\./);
    expect(pool.sql('SELECT * FROM users')).toEqual([]);
  });

  test.each(['PreAuthentication', 'PostAuthentication', 'TokenGeneration'])(
    '[IDN-1] no token without the consent of %s',
    async (source) => {
      let open = true;
      pool = await startPool({ triggers: ALL }, (event) =>
        open ? { ok: true, payload: event } : refusing(source)(event),
      );
      await pool.addUser('ada@example.com');
      const { refresh_token } = await signInHosted(pool.loginUrl, 'ada@example.com', PASSWORD);
      open = false;
      await expect(initiate('ada@example.com')).rejects.toMatchObject(refused);
      const refresh = () => tokenRequest(pool.loginUrl, { grant_type: 'refresh_token', refresh_token });
      if (source === 'TokenGeneration') {
        expect(await signInHosted(pool.loginUrl, 'ada@example.com', PASSWORD)).toMatchObject({
          status: 400,
          error: 'invalid_grant',
        });
        expect(await refresh()).toMatchObject({
          error: 'invalid_grant',
          error_description: expect.stringContaining('closed'),
        });
        // A refusal must not use the token up: the next attempt may be allowed.
        open = true;
        expect((await refresh()).status).toBe(200);
      } else {
        await expect(signInHosted(pool.loginUrl, 'ada@example.com', PASSWORD)).rejects.toThrow(
          'The company is closed.',
        );
      }
    },
  );

  test('a failed post-confirmation is reported, and the user stays confirmed', async () => {
    pool = await startPool({ triggers: ALL }, refusing('PostConfirmation'));
    await signUp('ada@example.com');
    const body = {
      ClientId: 'console',
      Username: 'ada@example.com',
      ConfirmationCode: pool.codeFor('ada@example.com'),
    };
    await expect(pool.call('ConfirmSignUp', body)).rejects.toMatchObject(refused);
    expect(await initiate('ada@example.com')).toHaveProperty('AuthenticationResult');
  });

  test('a function that cannot be run or answers nonsense is an error, not a consent', async () => {
    let answer: Trigger = () => ({ ok: true, payload: 'nonsense' });
    pool = await startPool({ triggers: { PreSignUp: ARN('odd') } }, (event) => answer(event));
    await expect(signUp('ada@example.com')).rejects.toMatchObject({ code: 'InvalidLambdaResponseException' });
    answer = () => Promise.reject(new Error('no such function'));
    await expect(signUp('ada@example.com')).rejects.toMatchObject({ code: 'UnexpectedLambdaException' });
    expect(pool.logs.join()).toContain('no such function');
    expect(pool.sql('SELECT * FROM users')).toEqual([]);
  });
});
