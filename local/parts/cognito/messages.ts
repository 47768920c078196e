/** The e-mails of the pool, after the CustomMessage trigger had its say. */
import { trigger } from './triggers.ts';
import type { Pool } from './settings.ts';
import { attributesOf } from './users.ts';
import type { User } from './users.ts';

export type MessageSource =
  | 'CustomMessage_SignUp'
  | 'CustomMessage_ResendCode'
  | 'CustomMessage_ForgotPassword'
  | 'CustomMessage_AdminCreateUser';

const CODE = '{####}';
const USERNAME = '{username}';

const DEFAULTS: Record<MessageSource, { subject: string; text: string }> = {
  CustomMessage_SignUp: {
    subject: 'Your confirmation code',
    text: `Your confirmation code is ${CODE}. It is valid for 24 hours.`,
  },
  CustomMessage_ResendCode: {
    subject: 'Your confirmation code',
    text: `Your confirmation code is ${CODE}. It is valid for 24 hours.`,
  },
  CustomMessage_ForgotPassword: {
    subject: 'Your password reset code',
    text: `Your password reset code is ${CODE}. It is valid for one hour.`,
  },
  CustomMessage_AdminCreateUser: {
    subject: 'Your invitation',
    text: `You have been invited. Sign in as ${USERNAME} with the temporary password ${CODE}`,
  },
};

/**
 * Sends a message that carries a code or, for an invitation, a temporary password.
 * @param secretOf makes it, once the trigger has let it pass: a refused message leaves the earlier code good
 */
export async function sendCode(
  pool: Pool,
  user: User,
  secretOf: () => string,
  context: { source: MessageSource; clientId: string; clientMetadata?: unknown },
): Promise<void> {
  const custom = await trigger(pool, {
    name: 'CustomMessage',
    source: context.source,
    userName: user.sub,
    clientId: context.clientId,
    request: {
      userAttributes: { ...attributesOf(user), 'cognito:user_status': user.status },
      codeParameter: CODE,
      linkParameter: '{##Click Here##}',
      usernameParameter: context.source === 'CustomMessage_AdminCreateUser' ? USERNAME : null,
      clientMetadata: context.clientMetadata ?? {},
    },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  });
  const secret = secretOf();
  const fill = (template: string): string =>
    template.replaceAll(CODE, secret).replaceAll(USERNAME, user.email);
  const { subject, text } = DEFAULTS[context.source];
  const html = custom?.emailMessage;
  const customSubject = custom?.emailSubject;
  await pool.sendMail({
    to: user.email,
    subject: typeof customSubject === 'string' && customSubject !== '' ? fill(customSubject) : subject,
    // Cognito sends the custom message as HTML; the plain text stands in for a mail client that shows none.
    text: fill(text),
    ...(typeof html === 'string' && html !== '' ? { html: fill(html) } : {}),
  });
}

/** Sent when somebody signs up with an address that has an account: the page itself must not tell. */
export async function sendAlreadyRegistered(pool: Pool, email: string): Promise<void> {
  await pool.sendMail({
    to: email,
    subject: 'You already have an account',
    text: 'Somebody, perhaps you, tried to sign up with this address. You already have an account: sign in, or choose “Forgot password”.',
  });
}
