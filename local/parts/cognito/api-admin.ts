/** Actions of an administrator over the pool and its users. Names are Cognito's. */
import { AwsError } from '../contract.ts';
import { accounts } from './accounts.ts';
import { revokeUser } from './adapter.ts';
import type { Action } from './api.ts';
import { optional, required } from './api-input.ts';
import type { Body } from './api-input.ts';
import { mfaOf } from './api-self.ts';
import { listAttributes, readAttributes, requireEmail } from './attributes.ts';
import { sendCode } from './messages.ts';
import { hashPassword, requirePassword, temporaryPassword } from './passwords.ts';
import type { Pool } from './settings.ts';
import { trigger } from './triggers.ts';
import { attributesOf, newSub, userExists, userMissing, users } from './users.ts';
import type { User } from './users.ts';

const TEMPORARY_MS = 7 * 24 * 3_600_000;
/** What Cognito names the caller of an administrator's action in trigger events. */
const ADMIN_CLIENT = 'CLIENT_ID_NOT_APPLICABLE';

export function adminActions(pool: Pool): Record<string, Action> {
  const { settings, store } = pool;
  const people = users(store);
  const account = accounts(pool);

  const requirePool = (body: Body): void => {
    const poolId = required(body, 'UserPoolId');
    if (poolId !== settings.poolId) {
      throw new AwsError('ResourceNotFoundException', `User pool ${poolId} does not exist.`);
    }
  };
  const userOf = (body: Body): User => {
    requirePool(body);
    const user = people.find(required(body, 'Username'));
    if (user === undefined) throw userMissing();
    return user;
  };

  return {
    async AdminGetUser(body) {
      const { Attributes, ...user } = describe(userOf(body));
      return { ...user, UserAttributes: Attributes, ...mfaOf(userOf(body)) };
    },

    async AdminCreateUser(body) {
      requirePool(body);
      const email = requireEmail(required(body, 'Username'));
      const {
        email: stated,
        email_verified: verified,
        ...attributes
      } = readAttributes(body.UserAttributes, 'admin');
      if (stated !== undefined && requireEmail(stated) !== email) {
        throw new AwsError(
          'InvalidParameterException',
          'Attribute value for email must be equal to the username',
        );
      }
      const existing = people.find(email);
      if (body.MessageAction === 'RESEND') {
        if (existing === undefined) throw userMissing();
        if (existing.status !== 'FORCE_CHANGE_PASSWORD') {
          throw new AwsError(
            'UnsupportedUserStateException',
            'Resend not possible. User status is not FORCE_CHANGE_PASSWORD',
          );
        }
      } else if (existing !== undefined) throw userExists();

      const password = optional(body, 'TemporaryPassword') ?? temporaryPassword(settings.passwordPolicy);
      requirePassword(settings.passwordPolicy, password);
      const secret = { password: await hashPassword(password), passwordExpires: Date.now() + TEMPORARY_MS };
      let user: User;
      if (existing !== undefined) user = people.change(existing.sub, secret);
      else {
        const sub = newSub();
        await trigger(pool, {
          name: 'PreSignUp',
          source: 'PreSignUp_AdminCreateUser',
          userName: sub,
          clientId: ADMIN_CLIENT,
          request: {
            userAttributes: { email, ...attributes },
            validationData: null,
            clientMetadata: body.ClientMetadata ?? {},
          },
          response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
        });
        user = people.add({
          sub,
          email,
          emailVerified: verified === 'true',
          attributes,
          ...secret,
          status: 'FORCE_CHANGE_PASSWORD',
        });
      }
      if (body.MessageAction !== 'SUPPRESS') {
        await sendCode(pool, user, () => password, {
          source: 'CustomMessage_AdminCreateUser',
          clientId: ADMIN_CLIENT,
          clientMetadata: body.ClientMetadata,
        });
      }
      return { User: describe(user) };
    },

    async AdminSetUserPassword(body) {
      const user = userOf(body);
      const password = required(body, 'Password');
      requirePassword(settings.passwordPolicy, password);
      const hashed = await hashPassword(password);
      const permanent = body.Permanent === true;
      people.change(user.sub, {
        password: hashed,
        passwordExpires: permanent ? undefined : Date.now() + TEMPORARY_MS,
        status: permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
      });
      return {};
    },

    async AdminConfirmSignUp(body) {
      await account.confirmByAdmin(userOf(body), {
        clientId: ADMIN_CLIENT,
        clientMetadata: body.ClientMetadata,
      });
      return {};
    },

    async AdminDisableUser(body) {
      const { sub } = people.change(userOf(body).sub, { enabled: false });
      revokeUser(store, sub, true);
      return {};
    },

    async AdminEnableUser(body) {
      people.change(userOf(body).sub, { enabled: true });
      return {};
    },

    async AdminUserGlobalSignOut(body) {
      revokeUser(store, userOf(body).sub);
      return {};
    },

    async AdminDeleteUser(body) {
      const { sub } = userOf(body);
      revokeUser(store, sub, true);
      people.remove(sub);
      return {};
    },

    async AdminUpdateUserAttributes(body) {
      const user = userOf(body);
      const {
        email: given,
        email_verified: verified,
        ...attributes
      } = readAttributes(body.UserAttributes, 'admin');
      const email = given === undefined ? user.email : requireEmail(given, 'Invalid email address format.');
      const taken = people.find(email);
      if (taken !== undefined && taken.sub !== user.sub) {
        throw new AwsError('AliasExistsException', 'An account with the given email already exists.');
      }
      people.change(user.sub, {
        email,
        // A new address starts unverified unless the same call says otherwise.
        emailVerified:
          verified === undefined ? user.emailVerified && email === user.email : verified === 'true',
        attributes: { ...user.attributes, ...attributes },
      });
      return {};
    },

    async ListUsers(body) {
      requirePool(body);
      const limit = typeof body.Limit === 'number' ? Math.min(body.Limit, 60) : 60;
      const found = people.list(
        limit + 1,
        optional(body, 'PaginationToken'),
        userFilter(optional(body, 'Filter')),
      );
      const page = found.slice(0, limit);
      return {
        Users: page.map(describe),
        ...(found.length > limit ? { PaginationToken: page.at(-1)?.sub } : {}),
      };
    },

    async DescribeUserPool(body) {
      requirePool(body);
      const policy = settings.passwordPolicy;
      return {
        UserPool: {
          Id: settings.poolId,
          Arn: settings.arn,
          Name: settings.poolId,
          MfaConfiguration: settings.mfa,
          UsernameAttributes: ['email'],
          AutoVerifiedAttributes: ['email'],
          EstimatedNumberOfUsers: people.count(),
          LambdaConfig: settings.triggers,
          Policies: {
            PasswordPolicy: {
              MinimumLength: policy.minimumLength,
              RequireLowercase: policy.requireLowercase,
              RequireUppercase: policy.requireUppercase,
              RequireNumbers: policy.requireNumbers,
              RequireSymbols: policy.requireSymbols,
            },
          },
        },
      };
    },
  };
}

function describe(user: User): Record<string, unknown> {
  return {
    Username: user.sub,
    Attributes: listAttributes(attributesOf(user)),
    // JSON 1.1 carries times as seconds.
    UserCreateDate: user.created / 1000,
    UserLastModifiedDate: user.modified / 1000,
    Enabled: user.enabled,
    UserStatus: user.status,
  };
}

/** `name = "value"` or `name ^= "prefix"`, over the attributes Cognito can search. */
function userFilter(filter: string | undefined): (user: User) => boolean {
  if (filter === undefined) return () => true;
  const match = /^"?([\w:]+)"?\s*(=|\^=)\s*"(.*)"$/.exec(filter.trim());
  if (match === null) throw new AwsError('InvalidParameterException', 'Error while parsing filter.');
  const [, name = '', operator, value = ''] = match;
  return (user) => {
    const special: Record<string, string> = {
      username: user.sub,
      status: user.enabled ? 'Enabled' : 'Disabled',
      'cognito:user_status': user.status,
    };
    const actual = Object.hasOwn(special, name) ? special[name] : attributesOf(user)[name];
    return operator === '=' ? actual === value : (actual?.startsWith(value) ?? false);
  };
}
