/** The actions of a person, as the AWS SDK calls them over HTTP. */
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  ResendConfirmationCodeCommand,
  RevokeTokenCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { PASSWORD } from './pool.ts';
import { named, startSdkPool } from './sdk.ts';

const { pool, sdk, initiate, signIn, stop } = await startSdkPool();

afterAll(stop);

describe('a person’s own actions', () => {
  test('[IDN-1] sign-up, confirmation, sign-in and the account behind the token', async () => {
    const Username = 'sdk@example.com';
    const signedUp = await sdk.send(
      new SignUpCommand({
        ClientId: 'console',
        Username,
        Password: PASSWORD,
        UserAttributes: [{ Name: 'name', Value: 'Ada' }],
      }),
    );
    expect(signedUp).toMatchObject({
      UserConfirmed: false,
      CodeDeliveryDetails: { Destination: 's***@e***' },
    });
    await expect(initiate(Username)).rejects.toMatchObject(
      named('UserNotConfirmedException', 'User is not confirmed.'),
    );
    await expect(
      sdk.send(new SignUpCommand({ ClientId: 'console', Username, Password: PASSWORD })),
    ).rejects.toMatchObject(named('UsernameExistsException'));
    await sdk.send(new ResendConfirmationCodeCommand({ ClientId: 'console', Username }));
    await sdk.send(
      new ConfirmSignUpCommand({ ClientId: 'console', Username, ConfirmationCode: pool.codeFor(Username) }),
    );
    const { access } = await signIn(Username);
    const user = await sdk.send(new GetUserCommand({ AccessToken: access }));
    expect(user.Username).toBe(signedUp.UserSub);
    expect(user.UserAttributes).toContainEqual({ Name: 'email_verified', Value: 'true' });
  });

  test('[IDN-1] what is refused is refused in Cognito’s words', async () => {
    await pool.addUser('words@example.com');
    const signUp = (
      Username: string,
      Password = PASSWORD,
      attributes: { Name: string; Value: string }[] = [],
    ) => sdk.send(new SignUpCommand({ ClientId: 'console', Username, Password, UserAttributes: attributes }));
    await expect(signUp('no-address')).rejects.toMatchObject(
      named('InvalidParameterException', 'Username should be an email.'),
    );
    await expect(signUp('new@example.com', 'short')).rejects.toMatchObject(
      named('InvalidPasswordException', 'Password did not conform with policy: Password not long enough'),
    );
    await expect(
      signUp('new@example.com', PASSWORD, [{ Name: 'email_verified', Value: 'true' }]),
    ).rejects.toMatchObject(named('NotAuthorizedException'));
    await expect(
      signUp('new@example.com', PASSWORD, [{ Name: 'shoe_size', Value: '44' }]),
    ).rejects.toMatchObject(named('InvalidParameterException'));
    await expect(initiate('words@example.com', 'wrong Horse 7 battery')).rejects.toMatchObject(
      named('NotAuthorizedException', 'Incorrect username or password.'),
    );
    await expect(initiate('unknown@example.com')).rejects.toMatchObject(
      named('NotAuthorizedException', 'Incorrect username or password.'),
    );
    await expect(initiate('words@example.com', PASSWORD, 'closed')).rejects.toMatchObject(
      named('InvalidParameterException', 'USER_PASSWORD_AUTH flow not enabled for this client'),
    );
    await expect(initiate('words@example.com', PASSWORD, 'nobody')).rejects.toMatchObject(
      named('ResourceNotFoundException'),
    );
    await expect(
      sdk.send(
        new ConfirmSignUpCommand({
          ClientId: 'console',
          Username: 'unknown@example.com',
          ConfirmationCode: '123456',
        }),
      ),
    ).rejects.toMatchObject(named('ExpiredCodeException'));
    await expect(pool.call('CreateUserPool', {})).rejects.toMatchObject({ code: 'InvalidAction' });
    await expect(pool.call('constructor', {})).rejects.toMatchObject({ code: 'InvalidAction' });
  });

  test('a forgotten password', async () => {
    const Username = 'forgotten@example.com';
    await pool.addUser(Username);
    await sdk.send(new ForgotPasswordCommand({ ClientId: 'console', Username }));
    const unknown = await sdk.send(
      new ForgotPasswordCommand({ ClientId: 'console', Username: 'nobody@example.com' }),
    );
    expect(unknown.CodeDeliveryDetails?.DeliveryMedium).toBe('EMAIL');
    const confirm = (ConfirmationCode: string) =>
      sdk.send(
        new ConfirmForgotPasswordCommand({
          ClientId: 'console',
          Username,
          ConfirmationCode,
          Password: 'another Horse 8 battery',
        }),
      );
    const code = pool.codeFor(Username);
    const wrong = code === '000000' ? '000001' : '000000';
    for (let guess = 0; guess < 5; guess += 1)
      await expect(confirm(wrong)).rejects.toMatchObject(named('CodeMismatchException'));
    await expect(confirm(code)).rejects.toMatchObject(named('LimitExceededException'));
    await sdk.send(new ForgotPasswordCommand({ ClientId: 'console', Username }));
    await confirm(pool.codeFor(Username));
    await expect(initiate(Username)).rejects.toMatchObject(named('NotAuthorizedException'));
    expect(
      (await initiate(Username, 'another Horse 8 battery')).AuthenticationResult?.AccessToken,
    ).toBeDefined();
  });

  test('[IDN-1] refreshing rotates where the client says so, and reuse ends the family', async () => {
    await pool.addUser('rotate@example.com');
    const { refresh, access } = await signIn('rotate@example.com');
    const rotate = (RefreshToken: string) =>
      sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId: 'console', RefreshToken }));
    const second = (await rotate(refresh)).AuthenticationResult;
    expect(second?.IdToken).toBeDefined();
    expect(second?.RefreshToken).not.toBe(refresh);
    await sdk.send(new GetUserCommand({ AccessToken: second?.AccessToken }));
    await expect(rotate(refresh)).rejects.toMatchObject(
      named('NotAuthorizedException', 'Refresh Token has been revoked'),
    );
    await expect(rotate(second?.RefreshToken ?? '')).rejects.toMatchObject(named('NotAuthorizedException'));
    await expect(sdk.send(new GetUserCommand({ AccessToken: access }))).rejects.toMatchObject(
      named('NotAuthorizedException', 'Access Token has been revoked'),
    );
  });

  test('REFRESH_TOKEN_AUTH is for clients without rotation', async () => {
    await pool.addUser('old@example.com');
    const refreshAs = (ClientId: string, token: string) =>
      sdk.send(
        new InitiateAuthCommand({
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          ClientId,
          AuthParameters: { REFRESH_TOKEN: token },
        }),
      );
    const { refresh } = await signIn('old@example.com', 'plain');
    const { AuthenticationResult: result } = await refreshAs('plain', refresh);
    expect(result?.AccessToken).toBeDefined();
    expect(result?.RefreshToken).toBeUndefined();
    await expect(refreshAs('console', refresh)).rejects.toMatchObject(named('InvalidParameterException'));
    await expect(refreshAs('plain', 'made-up')).rejects.toMatchObject(
      named('NotAuthorizedException', 'Invalid Refresh Token'),
    );
  });

  test('revoking a token ends its sign-in, signing out everywhere ends all', async () => {
    await pool.addUser('leave@example.com');
    const [first, second, third] = [
      await signIn('leave@example.com'),
      await signIn('leave@example.com'),
      await signIn('leave@example.com'),
    ];
    const whoIs = (AccessToken: string) => sdk.send(new GetUserCommand({ AccessToken }));
    await expect(
      sdk.send(new RevokeTokenCommand({ ClientId: 'plain', Token: first.refresh })),
    ).rejects.toMatchObject(named('UnauthorizedException'));
    await expect(
      sdk.send(new RevokeTokenCommand({ ClientId: 'console', Token: first.access })),
    ).rejects.toMatchObject(named('UnsupportedTokenTypeException'));
    await sdk.send(new RevokeTokenCommand({ ClientId: 'console', Token: first.refresh }));
    await expect(whoIs(first.access)).rejects.toMatchObject(named('NotAuthorizedException'));
    await whoIs(second.access);
    await sdk.send(new GlobalSignOutCommand({ AccessToken: second.access }));
    await expect(whoIs(third.access)).rejects.toMatchObject(
      named('NotAuthorizedException', 'Access Token has been revoked'),
    );
    await expect(
      sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId: 'console', RefreshToken: third.refresh })),
    ).rejects.toMatchObject(named('NotAuthorizedException'));
  });

  test('[IDN-2] GetUser refuses a forged token', async () => {
    await pool.addUser('forged@example.com');
    const { access } = await signIn('forged@example.com');
    const [header, , signature] = access.split('.');
    const payload = Buffer.from(
      JSON.stringify({ sub: 'x', token_use: 'access', scope: 'aws.cognito.signin.user.admin' }),
    ).toString('base64url');
    await expect(
      sdk.send(new GetUserCommand({ AccessToken: [header, payload, signature].join('.') })),
    ).rejects.toMatchObject(named('NotAuthorizedException', 'Invalid Access Token'));
  });
});
