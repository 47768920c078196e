/**
 * The hosted pages' behaviour. Every page belongs to one authorization request and leads back to it. What a
 * page says never depends on whether an address has an account, until its password was right.
 */
import { html } from '#local/pages/login/html.ts';
import {
  confirmPage,
  forgotPage,
  newPasswordPage,
  resetPage,
  signInPage,
  signUpPage,
  totpPage,
  totpSetupPage,
} from '#local/pages/login/pages.ts';
import type { FormError, PageContext } from '#local/pages/login/pages.ts';
import { AwsError } from '../contract.ts';
import { accounts } from './accounts.ts';
import type { Asker } from './accounts.ts';
import { codes } from './codes.ts';
import { flows } from './flows.ts';
import type { Flow } from './flows.ts';
import { lockout } from './lockout.ts';
import { sendAlreadyRegistered } from './messages.ts';
import { pageError, passwordRule } from './page-errors.ts';
import { qrCode } from './qr.ts';
import type { Pool } from './settings.ts';
import { signIn } from './signin.ts';
import type { ChallengeName, Outcome } from './signin.ts';
import { totpUri } from './totp.ts';
import { normalizeEmail, users } from './users.ts';
import type { User } from './users.ts';

/** One request to a page of one sign-in. */
export type Visit = {
  uid: string;
  base: string;
  csrf: string;
  clientId: string;
  product: string;
  loginHint: string | undefined;
  /** Absent on GET. */
  form: URLSearchParams | undefined;
};

export type PageAnswer = { status: number; html: string } | { redirect: string } | { signedIn: User };

/** Answers for a path below `/login/<uid>`; undefined when there is no such page. */
export function hostedPages(pool: Pool): (path: string, visit: Visit) => Promise<PageAnswer> | undefined {
  const account = accounts(pool);
  const auth = signIn(pool);
  const flow = flows(pool.store);
  const people = users(pool.store);
  const code = codes(pool);
  const locks = lockout(pool.store);
  const rule = passwordRule(pool.settings.passwordPolicy);

  type Page = {
    show(visit: Visit, context: PageContext, state: Flow): string | { redirect: string };
    act(visit: Visit, form: URLSearchParams, state: Flow): Promise<PageAnswer>;
  };
  const asker = (visit: Visit): Asker => ({ clientId: visit.clientId });
  const text = (form: URLSearchParams | undefined, name: string): string => form?.get(name)?.trim() ?? '';
  const goTo = (visit: Visit, path: string): { redirect: string } => ({ redirect: `${visit.base}${path}` });

  const follow = (visit: Visit, outcome: Outcome): PageAnswer => {
    if (outcome.kind === 'done') return { signedIn: outcome.user };
    flow.write(visit.uid, { session: outcome.session });
    return goTo(visit, CHALLENGE_PAGES[outcome.name]);
  };

  /** The code pages answer alike for every address, so the number of tries must be counted alike too. */
  const withCode = async (subject: string, act: () => Promise<void>): Promise<void> => {
    locks.refuse(subject);
    try {
      await act();
    } catch (error) {
      if (error instanceof AwsError && CODE_ERRORS.has(error.code)) {
        locks.fail(subject);
        throw new AwsError('CodeMismatchException', error.message);
      }
      throw error;
    }
    locks.clear(subject);
  };

  const challengePage = (
    name: ChallengeName,
    show: (context: PageContext, user: User) => string,
    act: Page['act'],
  ): Page => ({
    show(visit, context, state) {
      try {
        return show(context, auth.challenged(state.session ?? '', name));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        flow.write(visit.uid, { session: undefined, notice: 'That took too long. Please sign in again.' });
        return goTo(visit, '');
      }
    },
    act,
  });

  const pages: Record<string, Page> = {
    '': {
      show: (visit, context, state) =>
        signInPage(context, {
          email: visit.form?.get('email') ?? state.email ?? visit.loginHint,
          product: visit.product,
        }),
      async act(visit, form) {
        const email = text(form, 'email');
        if (email === '') throw new FieldError('email', 'Enter your e-mail address.');
        if ((form.get('password') ?? '') === '') throw new FieldError('password', 'Enter your password.');
        flow.write(visit.uid, { email: normalizeEmail(email) });
        try {
          return follow(visit, await auth.start(email, form.get('password') ?? '', asker(visit)));
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          if (error.code === 'UserNotConfirmedException') {
            await account.resend(email, asker(visit)).catch(ignoreRefusal);
            return goTo(visit, '/confirm');
          }
          if (error.code === 'PasswordResetRequiredException') return goTo(visit, '/forgot');
          throw error;
        }
      },
    },

    '/signup': {
      show: (visit, context) =>
        signUpPage(context, {
          name: visit.form?.get('name') ?? undefined,
          email: visit.form?.get('email') ?? undefined,
          passwordRule: rule,
        }),
      async act(visit, form) {
        const name = text(form, 'name');
        const email = text(form, 'email');
        if (name === '' || name.length > 200) throw new FieldError('name', 'Enter your name.');
        const asking = asker(visit);
        const password = form.get('password') ?? '';
        flow.write(visit.uid, { email: normalizeEmail(email) });
        try {
          const user = await account.signUp({ email, password, attributes: { name } }, asking);
          // No code is on its way when a trigger confirmed the account.
          return goTo(visit, user.status === 'CONFIRMED' ? '' : '/confirm');
        } catch (error) {
          if (!(error instanceof AwsError) || error.code !== 'UsernameExistsException') throw error;
          if (people.find(email)?.status === 'UNCONFIRMED') await account.resend(email, asking);
          else {
            code.countSend(normalizeEmail(email), 'signup');
            await sendAlreadyRegistered(pool, normalizeEmail(email));
          }
          return goTo(visit, '/confirm');
        }
      },
    },

    '/confirm': {
      show: (visit, context, { email }) =>
        email === undefined ? goTo(visit, '') : confirmPage(context, { email }),
      async act(visit, form, { email }) {
        if (email === undefined) return goTo(visit, '');
        await withCode(`signup:${email}`, () => account.confirm(email, text(form, 'code'), asker(visit)));
        flow.write(visit.uid, { notice: 'Your e-mail address is confirmed. Please sign in.' });
        return goTo(visit, '');
      },
    },

    '/resend': {
      show: (visit, context, { email }) =>
        email === undefined ? goTo(visit, '') : confirmPage(context, { email }),
      async act(visit, _form, { email }) {
        if (email === undefined) return goTo(visit, '');
        await account.resend(email, asker(visit)).catch(ignoreRefusal);
        flow.write(visit.uid, { notice: 'Another code is on its way.' });
        return goTo(visit, '/confirm');
      },
    },

    '/forgot': {
      show: (visit, context, state) =>
        forgotPage(context, { email: visit.form?.get('email') ?? state.email ?? visit.loginHint }),
      async act(visit, form) {
        const email = text(form, 'email');
        if (email === '') throw new FieldError('email', 'Enter your e-mail address.');
        await account.forgot(email, asker(visit)).catch(ignoreRefusal);
        flow.write(visit.uid, { email: normalizeEmail(email) });
        return goTo(visit, '/reset');
      },
    },

    '/reset': {
      show: (visit, context, { email }) =>
        email === undefined ? goTo(visit, '/forgot') : resetPage(context, { email, passwordRule: rule }),
      async act(visit, form, { email }) {
        if (email === undefined) return goTo(visit, '/forgot');
        const password = form.get('password') ?? '';
        await withCode(`reset:${email}`, () =>
          account.reset(email, text(form, 'code'), password, asker(visit)),
        );
        flow.write(visit.uid, { notice: 'Your password is changed. Please sign in.' });
        return goTo(visit, '');
      },
    },

    '/new-password': challengePage(
      'NEW_PASSWORD_REQUIRED',
      (context) => newPasswordPage(context, { passwordRule: rule }),
      async (visit, form, { session }) => {
        const newPassword = form.get('password') ?? '';
        return follow(
          visit,
          await auth.answer(session ?? '', 'NEW_PASSWORD_REQUIRED', { newPassword }, asker(visit)),
        );
      },
    ),

    '/mfa': challengePage('SOFTWARE_TOKEN_MFA', totpPage, async (visit, form, { session }) =>
      follow(
        visit,
        await auth.answer(session ?? '', 'SOFTWARE_TOKEN_MFA', { totp: text(form, 'code') }, asker(visit)),
      ),
    ),

    '/mfa-setup': challengePage(
      'MFA_SETUP',
      (context, user) => {
        const secret = user.totp.pending ?? auth.associateTotp(user);
        const uri = totpUri(secret, user.email);
        return totpSetupPage(context, { secret, uri, qr: html`${{ html: qrCode(uri) }}` });
      },
      async (visit, form, { session }) => {
        const verified = auth.verifySetup(session ?? '', text(form, 'code'));
        return follow(visit, await auth.answer(verified, 'MFA_SETUP', {}, asker(visit)));
      },
    ),
  };

  const show = (page: Page, visit: Visit, error?: FormError): PageAnswer => {
    const notice = visit.form === undefined ? flow.takeNotice(visit.uid) : undefined;
    const shown = page.show(
      visit,
      { base: visit.base, csrf: visit.csrf, error, notice },
      flow.read(visit.uid),
    );
    return typeof shown === 'string' ? { status: error === undefined ? 200 : 400, html: shown } : shown;
  };

  return (path, visit) => {
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (page === undefined) return undefined;
    const { form } = visit;
    if (form === undefined) return Promise.resolve(show(page, visit));
    return page.act(visit, form, flow.read(visit.uid)).catch((error: unknown) => {
      if (error instanceof FieldError)
        return show(page, visit, { field: error.field, message: error.message });
      if (error instanceof AwsError) return show(page, visit, pageError(error));
      throw error;
    });
  };
}

const CHALLENGE_PAGES: Record<ChallengeName, string> = {
  NEW_PASSWORD_REQUIRED: '/new-password',
  SOFTWARE_TOKEN_MFA: '/mfa',
  MFA_SETUP: '/mfa-setup',
};

const CODE_ERRORS = new Set([
  'CodeMismatchException',
  'ExpiredCodeException',
  'LimitExceededException',
  'NotAuthorizedException',
]);

/** Something the form itself shows to be missing. */
class FieldError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Too many messages is said; every other refusal would tell whether the address has an account. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof AwsError) || error.code === 'LimitExceededException') throw error;
}
