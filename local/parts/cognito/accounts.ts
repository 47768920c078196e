/**
 * Sign-up, confirmation and forgotten passwords. Pages and API share these, so that neither is laxer than the
 * other; how much of an answer a caller may learn is the caller's affair.
 */
import { AwsError } from '../contract.ts';
import { requireEmail } from './attributes.ts';
import { codes } from './codes.ts';
import { lockout } from './lockout.ts';
import { sendCode } from './messages.ts';
import { hashPassword, requirePassword } from './passwords.ts';
import type { Pool } from './settings.ts';
import { trigger } from './triggers.ts';
import { attributesOf, newSub, userExists, users } from './users.ts';
import type { User } from './users.ts';

/** The app client that asked, and what it passes on to triggers. */
export type Asker = { clientId: string; clientMetadata?: unknown; validationData?: unknown };

export type Accounts = {
  signUp(
    input: { email: string; password: string; attributes: Record<string, string> },
    asker: Asker,
  ): Promise<User>;
  /** With the code from the e-mail. */
  confirm(email: string, code: string, asker: Asker): Promise<void>;
  /** Without a code, for an administrator: confirms the account, not the address. */
  confirmByAdmin(user: User, asker: Asker): Promise<void>;
  /** Counts the send whether or not the address is known; says nothing about which. */
  resend(email: string, asker: Asker): Promise<void>;
  forgot(email: string, asker: Asker): Promise<void>;
  reset(email: string, code: string, password: string, asker: Asker): Promise<void>;
};

export function accounts(pool: Pool): Accounts {
  const people = users(pool.store);
  const code = codes(pool);
  const locks = lockout(pool.store);

  const postConfirmation = async (user: User, source: string, asker: Asker): Promise<void> => {
    await trigger(pool, {
      name: 'PostConfirmation',
      source,
      userName: user.sub,
      clientId: asker.clientId,
      request: {
        userAttributes: { ...attributesOf(user), 'cognito:user_status': user.status },
        clientMetadata: asker.clientMetadata ?? {},
      },
    });
  };

  return {
    async signUp({ email: given, password, attributes }, asker) {
      const email = requireEmail(given);
      requirePassword(pool.settings.passwordPolicy, password);
      const sub = newSub();
      // Trigger and hash come before the address is looked up: how long it takes tells nothing about who exists.
      const answer = await trigger(pool, {
        name: 'PreSignUp',
        source: 'PreSignUp_SignUp',
        userName: sub,
        clientId: asker.clientId,
        request: {
          userAttributes: { email, ...attributes },
          validationData: asker.validationData ?? null,
          clientMetadata: asker.clientMetadata ?? {},
        },
        response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
      });
      const confirmed = answer?.autoConfirmUser === true;
      const hashed = await hashPassword(password);
      if (people.find(email) !== undefined) throw userExists();
      if (!confirmed) code.countSend(email, 'signup');
      const user = people.add({
        sub,
        email,
        emailVerified: answer?.autoVerifyEmail === true,
        attributes,
        password: hashed,
        passwordExpires: undefined,
        status: confirmed ? 'CONFIRMED' : 'UNCONFIRMED',
      });
      if (confirmed) {
        await postConfirmation(user, 'PostConfirmation_ConfirmSignUp', asker);
      } else {
        await sendCode(pool, user, () => code.issue(sub, 'signup'), {
          source: 'CustomMessage_SignUp',
          ...asker,
        });
      }
      return user;
    },

    async confirm(email, given, asker) {
      const user = people.find(email);
      if (user?.status === 'CONFIRMED' && user.emailVerified) {
        throw new AwsError('NotAuthorizedException', 'User cannot be confirmed. Current status is CONFIRMED');
      }
      code.redeem(user?.sub, 'signup', given);
      if (user === undefined) return;
      const first = user.status === 'UNCONFIRMED';
      const confirmed = people.change(user.sub, {
        emailVerified: true,
        ...(first ? { status: 'CONFIRMED' as const } : {}),
      });
      if (first) await postConfirmation(confirmed, 'PostConfirmation_ConfirmSignUp', asker);
    },

    async confirmByAdmin(user, asker) {
      if (user.status !== 'UNCONFIRMED') {
        throw new AwsError(
          'NotAuthorizedException',
          `User cannot be confirmed. Current status is ${user.status}`,
        );
      }
      const confirmed = people.change(user.sub, { status: 'CONFIRMED' });
      await postConfirmation(confirmed, 'PostConfirmation_ConfirmSignUp', asker);
    },

    async resend(email, asker) {
      const user = people.find(email);
      code.countSend(user?.email ?? requireEmail(email), 'signup');
      if (user?.status === 'CONFIRMED' && user.emailVerified) {
        throw new AwsError('InvalidParameterException', 'User is already confirmed.');
      }
      if (user === undefined) return;
      await sendCode(pool, user, () => code.issue(user.sub, 'signup'), {
        source: 'CustomMessage_ResendCode',
        ...asker,
      });
    },

    async forgot(email, asker) {
      const user = people.find(email);
      code.countSend(user?.email ?? requireEmail(email), 'reset');
      if (user?.enabled === false) throw new AwsError('NotAuthorizedException', 'User is disabled.');
      if (user?.status === 'FORCE_CHANGE_PASSWORD') {
        throw new AwsError('NotAuthorizedException', 'User password cannot be reset in the current state.');
      }
      if (user?.emailVerified === false) {
        throw new AwsError(
          'InvalidParameterException',
          'Cannot reset password for the user as there is no registered/verified email or phone_number',
        );
      }
      if (user === undefined) return;
      await sendCode(pool, user, () => code.issue(user.sub, 'reset'), {
        source: 'CustomMessage_ForgotPassword',
        ...asker,
      });
    },

    async reset(email, given, password, asker) {
      // The policy first: a password it refuses must not use the code up.
      requirePassword(pool.settings.passwordPolicy, password);
      const user = people.find(email);
      if (user?.enabled === false) throw new AwsError('NotAuthorizedException', 'User is disabled.');
      code.redeem(user?.sub, 'reset', given);
      if (user === undefined) return;
      const hashed = await hashPassword(password);
      const changed = people.change(user.sub, {
        password: hashed,
        passwordExpires: undefined,
        status: 'CONFIRMED',
      });
      locks.clear(user.email);
      await postConfirmation(changed, 'PostConfirmation_ConfirmForgotPassword', asker);
    },
  };
}
