/** The API actions as the AWS SDK calls them, over HTTP. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  DescribeUserPoolCommand,
  ForgotPasswordCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  type ListUsersCommandOutput,
  ResendConfirmationCodeCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { AwsError } from '#local/parts/contract.ts';
import { PASSWORD, POOL_ID, startPool } from './pool.ts';
import type { TestPool } from './pool.ts';

let pool: TestPool;
let server: Server;
let sdk: CognitoIdentityProviderClient;

beforeAll(async () => {
  pool = await startPool();
  server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      let body = '';
      for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
      const action = String(request.headers['x-amz-target']).replace(/^.*\./, '');
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      try {
        response.end(JSON.stringify(await pool.call(action, JSON.parse(body) as Record<string, unknown>)));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        response.writeHead(error.status).end(JSON.stringify({ __type: error.code, message: error.message }));
      }
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sdk = new CognitoIdentityProviderClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'LOCALADMIN', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  sdk.destroy();
  server.closeAllConnections();
  server.close();
  await pool.stop();
});

const initiate = (email: string, password = PASSWORD, ClientId = 'console') =>
  sdk.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId,
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
const signIn = async (email: string, ClientId = 'console') => {
  const { AuthenticationResult: result } = await initiate(email, PASSWORD, ClientId);
  return { access: result?.AccessToken ?? '', refresh: result?.RefreshToken ?? '' };
};
const named = (name: string, message?: string) => (message === undefined ? { name } : { name, message });
const admin = (Username: string) => ({ UserPoolId: POOL_ID, Username });

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

describe('an administrator’s actions', () => {
  test('an invited user chooses a password at the first sign-in', async () => {
    const created = await sdk.send(
      new AdminCreateUserCommand({
        ...admin('invited@example.com'),
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
      }),
    );
    expect(created.User?.UserStatus).toBe('FORCE_CHANGE_PASSWORD');
    expect(created.User?.UserCreateDate?.getFullYear()).toBe(new Date().getFullYear());
    const temporary = /temporary password (\S+)/.exec(pool.mails.at(-1)?.text ?? '')?.[1] ?? '';
    const challenge = await initiate('invited@example.com', temporary);
    expect(challenge.ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    const respond = (NEW_PASSWORD: string) =>
      sdk.send(
        new RespondToAuthChallengeCommand({
          ClientId: 'console',
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          Session: challenge.Session,
          ChallengeResponses: {
            USERNAME: 'invited@example.com',
            NEW_PASSWORD,
            'userAttributes.name': 'Grace',
          },
        }),
      );
    await expect(respond('short')).rejects.toMatchObject(named('InvalidPasswordException'));
    expect((await respond(PASSWORD)).AuthenticationResult?.AccessToken).toBeDefined();
    await expect(respond(PASSWORD)).rejects.toMatchObject(
      named('NotAuthorizedException', 'Invalid session for the user.'),
    );
    const user = await sdk.send(new AdminGetUserCommand(admin('invited@example.com')));
    expect(user).toMatchObject({ UserStatus: 'CONFIRMED', Enabled: true });
    expect(user.UserAttributes).toContainEqual({ Name: 'name', Value: 'Grace' });
    await expect(sdk.send(new AdminCreateUserCommand(admin('invited@example.com')))).rejects.toMatchObject(
      named('UsernameExistsException'),
    );
  });

  test('a temporary password ends', async () => {
    await sdk.send(
      new AdminCreateUserCommand({ ...admin('slow@example.com'), TemporaryPassword: 'temporary Horse 1' }),
    );
    pool.sql("UPDATE users SET password_expires = 1 WHERE email = 'slow@example.com'");
    await expect(initiate('slow@example.com', 'temporary Horse 1')).rejects.toMatchObject(
      named('NotAuthorizedException'),
    );
  });

  test('[IDN-1] confirming the account does not verify the address', async () => {
    await sdk.send(
      new SignUpCommand({ ClientId: 'console', Username: 'half@example.com', Password: PASSWORD }),
    );
    await sdk.send(new AdminConfirmSignUpCommand(admin('half@example.com')));
    await expect(initiate('half@example.com')).rejects.toMatchObject(named('UserNotConfirmedException'));
    await sdk.send(
      new AdminUpdateUserAttributesCommand({
        ...admin('half@example.com'),
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
      }),
    );
    await signIn('half@example.com');
  });

  test('[IDN-6] a disabled user is refused, with the tokens already issued', async () => {
    await pool.addUser('disabled@example.com');
    const { access, refresh } = await signIn('disabled@example.com');
    await sdk.send(new AdminDisableUserCommand(admin('disabled@example.com')));
    await expect(initiate('disabled@example.com')).rejects.toMatchObject(
      named('NotAuthorizedException', 'User is disabled.'),
    );
    await expect(sdk.send(new GetUserCommand({ AccessToken: access }))).rejects.toMatchObject(
      named('NotAuthorizedException'),
    );
    await sdk.send(new AdminEnableUserCommand(admin('disabled@example.com')));
    await signIn('disabled@example.com');
    await expect(
      sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId: 'console', RefreshToken: refresh })),
    ).rejects.toMatchObject(named('NotAuthorizedException'));
  });

  test('a new address starts unverified, and may not be another user’s', async () => {
    await pool.addUser('moving@example.com');
    await pool.addUser('settled@example.com');
    const move = (email: string) =>
      sdk.send(
        new AdminUpdateUserAttributesCommand({
          ...admin('moving@example.com'),
          UserAttributes: [{ Name: 'email', Value: email }],
        }),
      );
    await expect(move('Settled@example.com')).rejects.toMatchObject(named('AliasExistsException'));
    await move('moved@example.com');
    await expect(initiate('moved@example.com')).rejects.toMatchObject(named('UserNotConfirmedException'));
  });

  test('signing a user out everywhere, setting a password, deleting', async () => {
    await pool.addUser('end@example.com');
    const { access } = await signIn('end@example.com');
    await sdk.send(new AdminUserGlobalSignOutCommand(admin('end@example.com')));
    await expect(sdk.send(new GetUserCommand({ AccessToken: access }))).rejects.toMatchObject(
      named('NotAuthorizedException'),
    );
    await expect(
      sdk.send(
        new AdminSetUserPasswordCommand({ ...admin('end@example.com'), Password: 'short', Permanent: true }),
      ),
    ).rejects.toMatchObject(named('InvalidPasswordException'));
    await sdk.send(new AdminDeleteUserCommand(admin('end@example.com')));
    await expect(sdk.send(new AdminGetUserCommand(admin('end@example.com')))).rejects.toMatchObject(
      named('UserNotFoundException'),
    );
    await expect(initiate('end@example.com')).rejects.toMatchObject(
      named('NotAuthorizedException', 'Incorrect username or password.'),
    );
  });

  test('users are listed page by page and by filter', async () => {
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page: ListUsersCommandOutput = await sdk.send(
        new ListUsersCommand({ UserPoolId: POOL_ID, Limit: 3, PaginationToken: token }),
      );
      seen.push(...(page.Users ?? []).map(({ Username = '' }) => Username));
      token = page.PaginationToken;
    } while (token !== undefined);
    expect(new Set(seen).size).toBe(Number(pool.sql('SELECT count(*) AS n FROM users')[0]?.n));
    expect(seen.length).toBe(new Set(seen).size);
    const filtered = await sdk.send(
      new ListUsersCommand({ UserPoolId: POOL_ID, Filter: 'email = "sdk@example.com"' }),
    );
    expect(filtered.Users).toHaveLength(1);
    const { UserPool } = await sdk.send(new DescribeUserPoolCommand({ UserPoolId: POOL_ID }));
    expect(UserPool?.Policies?.PasswordPolicy?.MinimumLength).toBe(12);
    await expect(
      sdk.send(new DescribeUserPoolCommand({ UserPoolId: 'us-east-1_other' })),
    ).rejects.toMatchObject(named('ResourceNotFoundException'));
  });
});
