/**
 * Who is signing in: the password, then whatever the account still owes (a new password, a second factor).
 * The hosted pages and InitiateAuth both go through here.
 */
import { randomBytes } from 'node:crypto';
import { AwsError } from '../contract.ts';
import { lockout } from './lockout.ts';
import { hashPassword, requirePassword, verifyPassword } from './passwords.ts';
import type { Pool } from './settings.ts';
import { newTotpSecret, totpStep } from './totp.ts';
import { trigger } from './triggers.ts';
import { attributesOf, normalizeEmail, users } from './users.ts';
import type { User } from './users.ts';
import type { Asker } from './accounts.ts';

export type ChallengeName = 'NEW_PASSWORD_REQUIRED' | 'SOFTWARE_TOKEN_MFA' | 'MFA_SETUP';

/** Either the user is in, or a challenge stands between, named by a session that lasts some minutes. */
export type Outcome =
  | { kind: 'done'; user: User; source: TokenSource }
  | { kind: 'challenge'; name: ChallengeName; session: string; user: User };

/** Second half of the PreTokenGeneration trigger's source. */
export type TokenSource = 'Authentication' | 'NewPasswordChallenge' | 'HostedAuth' | 'RefreshTokens';

export type Answer = { newPassword?: string; totp?: string; attributes?: Record<string, string> };

export type SignIn = {
  start(email: string, password: string, asker: Asker): Promise<Outcome>;
  answer(session: string, name: ChallengeName, answer: Answer, asker: Asker): Promise<Outcome>;
  /** The user behind a session, while it stands. */
  challenged(session: string, name: ChallengeName): User;
  /** A secret to put into an authenticator app; nothing changes until `verifyTotp`. */
  associateTotp(user: User): string;
  verifyTotp(user: User, code: string): void;
  /** The same during MFA_SETUP: only the session this gives back answers that challenge. */
  verifySetup(session: string, code: string): string;
};

/** Cognito's three minutes; a person who installs an app or invents a password gets longer. */
const SESSION_MS: Record<ChallengeName | 'MFA_VERIFIED', number> = {
  SOFTWARE_TOKEN_MFA: 3 * 60_000,
  NEW_PASSWORD_REQUIRED: 15 * 60_000,
  MFA_SETUP: 15 * 60_000,
  MFA_VERIFIED: 3 * 60_000,
};
const MOST_TRIES = 5;

export function signIn(pool: Pool): SignIn {
  const { store, settings, keys } = pool;
  const people = users(store);
  const locks = lockout(store);
  const put = store.prepare(
    'INSERT INTO challenges (id, sub, client, name, source, tries, expires) VALUES (?, ?, ?, ?, ?, 0, ?)',
  );
  const select = store.prepare('SELECT * FROM challenges WHERE id = ? AND expires > ? AND tries < ?');
  const countTry = store.prepare('UPDATE challenges SET tries = tries + 1 WHERE id = ?');
  const remove = store.prepare('DELETE FROM challenges WHERE id = ?');
  const idOf = (session: string): string => keys.mac('session', session);

  const open = (sub: string, clientId: string, name: keyof typeof SESSION_MS, source: string): string => {
    const session = randomBytes(48).toString('base64url');
    put.run(idOf(session), sub, clientId, name, source, Date.now() + SESSION_MS[name]);
    return session;
  };
  const challenge = (user: User, name: ChallengeName, source: TokenSource, clientId: string): Outcome => ({
    kind: 'challenge',
    name,
    session: open(user.sub, clientId, name, source),
    user,
  });

  /** What still stands between a user whose password is settled and the tokens. */
  const proceed = async (user: User, source: TokenSource, asker: Asker): Promise<Outcome> => {
    const hasFactor = user.totp.secret !== undefined && (user.totp.enabled || settings.mfa === 'ON');
    if (settings.mfa !== 'OFF' && hasFactor)
      return challenge(user, 'SOFTWARE_TOKEN_MFA', source, asker.clientId);
    if (settings.mfa === 'ON') return challenge(user, 'MFA_SETUP', source, asker.clientId);
    return finish(user, source, asker);
  };

  const finish = async (user: User, source: TokenSource, asker: Asker): Promise<Outcome> => {
    await trigger(pool, {
      name: 'PostAuthentication',
      source: 'PostAuthentication_Authentication',
      userName: user.sub,
      clientId: asker.clientId,
      request: {
        userAttributes: { ...attributesOf(user), 'cognito:user_status': user.status },
        newDeviceUsed: false,
        clientMetadata: asker.clientMetadata ?? {},
      },
    });
    return { kind: 'done', user, source };
  };

  const challengeRow = (session: string, name: keyof typeof SESSION_MS): Record<string, unknown> => {
    const row = select.get(idOf(session), Date.now(), MOST_TRIES);
    if (row === undefined || row.name !== name) {
      throw new AwsError('NotAuthorizedException', 'Invalid session for the user.');
    }
    return row;
  };

  const challenged = (session: string, name: keyof typeof SESSION_MS): User => {
    const user = people.find(String(challengeRow(session, name).sub));
    if (user === undefined || !user.enabled)
      throw new AwsError('NotAuthorizedException', 'User is disabled.');
    return user;
  };

  const requireTotp = (user: User, given: string): void => {
    const subject = `totp:${user.sub}`;
    locks.refuse(subject);
    const step = totpStep(user.totp.secret ?? '', given);
    if (step === undefined) {
      locks.fail(subject);
      throw new AwsError('CodeMismatchException', 'Invalid code received for user');
    }
    if (step <= user.totp.step) {
      throw new AwsError('ExpiredCodeException', 'Your software token has already been used once.');
    }
    people.change(user.sub, { totp: { ...user.totp, step } });
    locks.clear(subject);
  };

  const verifyTotp = (user: User, code: string): void => {
    const subject = `totp:${user.sub}`;
    locks.refuse(subject);
    const step = user.totp.pending === undefined ? undefined : totpStep(user.totp.pending, code);
    if (step === undefined) {
      locks.fail(subject);
      throw new AwsError(
        'EnableSoftwareTokenMFAException',
        'Code mismatch and fail enable Software Token MFA',
      );
    }
    locks.clear(subject);
    people.change(user.sub, { totp: { ...user.totp, secret: user.totp.pending, pending: undefined, step } });
  };

  return {
    async start(username, password, asker) {
      const user = people.find(username);
      const subject = user?.email ?? normalizeEmail(username);
      locks.refuse(subject);
      await trigger(pool, {
        name: 'PreAuthentication',
        source: 'PreAuthentication_Authentication',
        userName: user?.sub ?? username,
        clientId: asker.clientId,
        request: {
          userAttributes:
            user === undefined ? {} : { ...attributesOf(user), 'cognito:user_status': user.status },
          validationData: asker.clientMetadata ?? {},
          userNotFound: user === undefined,
        },
      });
      const right = await verifyPassword(user?.password, password);
      locks.refuse(subject);
      if (user === undefined || !right) {
        locks.fail(subject);
        throw new AwsError('NotAuthorizedException', 'Incorrect username or password.');
      }
      locks.clear(subject);
      if (!user.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
      if (user.status === 'RESET_REQUIRED') {
        throw new AwsError('PasswordResetRequiredException', 'Password reset required for the user');
      }
      if (user.status === 'FORCE_CHANGE_PASSWORD') {
        if (user.passwordExpires !== undefined && user.passwordExpires <= Date.now()) {
          throw new AwsError(
            'NotAuthorizedException',
            'Temporary password has expired and must be reset by an administrator.',
          );
        }
        return challenge(user, 'NEW_PASSWORD_REQUIRED', 'NewPasswordChallenge', asker.clientId);
      }
      // Stricter than Cognito where an administrator confirmed the account but not the address.
      if (user.status === 'UNCONFIRMED' || !user.emailVerified) {
        throw new AwsError('UserNotConfirmedException', 'User is not confirmed.');
      }
      return proceed(user, 'Authentication', asker);
    },

    challenged,

    async answer(session, name, given, asker) {
      const standing = name === 'MFA_SETUP' ? 'MFA_VERIFIED' : name;
      const row = challengeRow(session, standing);
      if (row.client !== asker.clientId)
        throw new AwsError('NotAuthorizedException', 'Invalid session for the user.');
      const user = challenged(session, standing);
      const source = String(row.source) as TokenSource;
      countTry.run(idOf(session));
      if (name === 'NEW_PASSWORD_REQUIRED') {
        requirePassword(settings.passwordPolicy, given.newPassword ?? '');
        const password = await hashPassword(given.newPassword ?? '');
        remove.run(idOf(session));
        const changed = people.change(user.sub, {
          password,
          passwordExpires: undefined,
          status: 'CONFIRMED',
          attributes: { ...user.attributes, ...given.attributes },
        });
        if (!changed.emailVerified) throw new AwsError('UserNotConfirmedException', 'User is not confirmed.');
        return proceed(changed, source, asker);
      }
      if (name === 'SOFTWARE_TOKEN_MFA') requireTotp(user, given.totp ?? '');
      else people.change(user.sub, { totp: { ...user.totp, enabled: true } });
      remove.run(idOf(session));
      return finish(user, source, asker);
    },

    associateTotp(user) {
      const pending = newTotpSecret();
      people.change(user.sub, { totp: { ...user.totp, pending } });
      return pending;
    },

    verifyTotp,

    verifySetup(session, code) {
      const row = challengeRow(session, 'MFA_SETUP');
      countTry.run(idOf(session));
      verifyTotp(challenged(session, 'MFA_SETUP'), code);
      remove.run(idOf(session));
      return open(String(row.sub), String(row.client), 'MFA_VERIFIED', String(row.source));
    },
  };
}
