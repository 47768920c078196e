/** Actions a person takes for themselves: sign-up, confirmation, passwords, their own account and factor. */
import { AwsError } from '../contract.ts';
import { accounts } from './accounts.ts';
import type { Asker } from './accounts.ts';
import { revokeUser } from './adapter.ts';
import type { Action } from './api.ts';
import { optional, record, required } from './api-input.ts';
import type { Body } from './api-input.ts';
import { listAttributes, maskEmail, readAttributes, requireEmail } from './attributes.ts';
import { findClient } from './settings.ts';
import type { Pool } from './settings.ts';
import { signIn } from './signin.ts';
import { API_SCOPE, tokens } from './tokens.ts';
import { attributesOf, users } from './users.ts';
import type { User } from './users.ts';

/** The app client of a call; an unknown one is refused as Cognito does. */
export function askerOf(pool: Pool, body: Body): Asker {
  const clientId = required(body, 'ClientId');
  if (findClient(pool.settings, clientId) === undefined) {
    throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
  }
  return {
    clientId,
    ...(body.ClientMetadata === undefined ? {} : { clientMetadata: body.ClientMetadata }),
    ...(body.ValidationData === undefined ? {} : { validationData: readValidation(body.ValidationData) }),
  };
}

export function delivery(email: string): { CodeDeliveryDetails: Record<string, string> } {
  return {
    CodeDeliveryDetails: { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: maskEmail(email) },
  };
}

export function mfaOf(user: User): Record<string, unknown> {
  if (user.totp.secret === undefined || !user.totp.enabled) return {};
  return { UserMFASettingList: ['SOFTWARE_TOKEN_MFA'], PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA' };
}

export function selfActions(pool: Pool): Record<string, Action> {
  const account = accounts(pool);
  const auth = signIn(pool);
  const token = tokens(pool);
  const people = users(pool.store);
  const self = async (body: Body): Promise<User> =>
    (await token.verify(required(body, 'AccessToken'), API_SCOPE)).user;

  return {
    async SignUp(body) {
      const asker = askerOf(pool, body);
      const email = requireEmail(required(body, 'Username'));
      const { email: stated, ...attributes } = readAttributes(body.UserAttributes, 'user');
      if (stated !== undefined && requireEmail(stated) !== email) {
        throw new AwsError(
          'InvalidParameterException',
          'Attribute value for email must be equal to the username',
        );
      }
      const user = await account.signUp({ email, password: required(body, 'Password'), attributes }, asker);
      const confirmed = user.status === 'CONFIRMED';
      return { UserConfirmed: confirmed, UserSub: user.sub, ...(confirmed ? {} : delivery(email)) };
    },

    async ConfirmSignUp(body) {
      await account.confirm(
        required(body, 'Username'),
        required(body, 'ConfirmationCode'),
        askerOf(pool, body),
      );
      return {};
    },

    async ResendConfirmationCode(body) {
      const username = required(body, 'Username');
      await account.resend(username, askerOf(pool, body));
      return delivery(people.find(username)?.email ?? username);
    },

    async ForgotPassword(body) {
      const username = required(body, 'Username');
      await account.forgot(username, askerOf(pool, body));
      return delivery(people.find(username)?.email ?? username);
    },

    async ConfirmForgotPassword(body) {
      const [username, code, password] = [
        required(body, 'Username'),
        required(body, 'ConfirmationCode'),
        required(body, 'Password'),
      ];
      await account.reset(username, code, password, askerOf(pool, body));
      return {};
    },

    async GetUser(body) {
      const user = await self(body);
      return { Username: user.sub, UserAttributes: listAttributes(attributesOf(user)), ...mfaOf(user) };
    },

    async GlobalSignOut(body) {
      revokeUser(pool.store, (await self(body)).sub);
      return {};
    },

    async AssociateSoftwareToken(body) {
      if (pool.settings.mfa === 'OFF') throw noSoftwareToken();
      const session = optional(body, 'Session');
      const user = session === undefined ? await self(body) : auth.challenged(session, 'MFA_SETUP');
      const SecretCode = auth.associateTotp(user);
      return { SecretCode, ...(session === undefined ? {} : { Session: session }) };
    },

    async VerifySoftwareToken(body) {
      if (pool.settings.mfa === 'OFF') throw noSoftwareToken();
      const code = required(body, 'UserCode');
      const session = optional(body, 'Session');
      if (session !== undefined) return { Status: 'SUCCESS', Session: auth.verifySetup(session, code) };
      auth.verifyTotp(await self(body), code);
      return { Status: 'SUCCESS' };
    },

    async SetUserMFAPreference(body) {
      const user = await self(body);
      const settings = body.SoftwareTokenMfaSettings;
      if (settings !== undefined) {
        const enabled = record(body, 'SoftwareTokenMfaSettings').Enabled === true;
        if (enabled && user.totp.secret === undefined) {
          throw new AwsError('InvalidParameterException', 'User has not verified software token mfa');
        }
        people.change(user.sub, { totp: { ...user.totp, enabled } });
      }
      return {};
    },
  };
}

function noSoftwareToken(): AwsError {
  return new AwsError(
    'SoftwareTokenMFANotFoundException',
    'Software Token MFA has not been enabled by the userPool',
  );
}

function readValidation(list: unknown): Record<string, unknown> {
  if (!Array.isArray(list)) return {};
  return Object.fromEntries(
    (list as { Name?: unknown; Value?: unknown }[]).map(({ Name, Value }) => [String(Name), Value]),
  );
}
