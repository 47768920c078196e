/** The actions of an administrator, as the AWS SDK calls them over HTTP. */
import { afterAll, describe, expect, test } from '@jest/globals';
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
  DescribeUserPoolCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  ListUsersCommand,
  type ListUsersCommandOutput,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { PASSWORD, POOL_ID } from './pool.ts';
import { admin, named, startSdkPool } from './sdk.ts';

const { pool, sdk, initiate, signIn, stop } = await startSdkPool();

afterAll(stop);

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
    for (const name of ['a', 'b', 'c', 'd', 'end-of-list']) await pool.addUser(`${name}@example.com`);
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
      new ListUsersCommand({ UserPoolId: POOL_ID, Filter: 'email = "end-of-list@example.com"' }),
    );
    expect(filtered.Users).toHaveLength(1);
    const { UserPool } = await sdk.send(new DescribeUserPoolCommand({ UserPoolId: POOL_ID }));
    expect(UserPool?.Policies?.PasswordPolicy?.MinimumLength).toBe(12);
    await expect(
      sdk.send(new DescribeUserPoolCommand({ UserPoolId: 'us-east-1_other' })),
    ).rejects.toMatchObject(named('ResourceNotFoundException'));
  });
});
