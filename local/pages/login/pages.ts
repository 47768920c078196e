/** The pages of the local login domain. They hold no behaviour: each is text from what it is given. */
import { html } from './html.ts';
import type { Html } from './html.ts';
import { field, formPage, layout } from './layout.ts';
import type { PageContext } from './layout.ts';

export type { FormError, PageContext } from './layout.ts';

export function signInPage(
  context: PageContext,
  { email, product }: { email?: string | undefined; product: string },
): string {
  const { base, error } = context;
  return formPage(context, {
    title: 'Sign in',
    lead: `to continue to ${product}`,
    action: '',
    fields: html`${field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: email, focus: email === undefined, error })}
      ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', focus: email !== undefined, error })}
      <p class="aside"><a href="${base}/forgot">Forgot password?</a></p>`,
    submit: 'Sign in',
    after: html`<p class="switch">New here? <a href="${base}/signup">Create an account</a></p>`,
  });
}

export function signUpPage(
  context: PageContext,
  {
    name,
    email,
    passwordRule,
  }: { name?: string | undefined; email?: string | undefined; passwordRule: string },
): string {
  const { base, error } = context;
  return formPage(context, {
    title: 'Create an account',
    action: '/signup',
    fields: html`${field({ name: 'name', label: 'Name', autocomplete: 'name', value: name, focus: true, error })}
    ${field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: email, error })}
    ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', hint: passwordRule, error })}`,
    submit: 'Create account',
    after: html`<p class="switch">Have an account? <a href="${base}">Sign in</a></p>`,
  });
}

export function confirmPage(context: PageContext, { email }: { email: string }): string {
  const { base, csrf, error } = context;
  return formPage(context, {
    title: 'Check your e-mail',
    lead: html`We sent a code to <strong>${email}</strong>. It is valid for 24 hours.`,
    action: '/confirm',
    fields: codeField(error, 'Confirmation code'),
    submit: 'Confirm',
    after: html`<form method="post" action="${base}/resend" class="quiet">
        <input type="hidden" name="csrf" value="${csrf}" />
        <p class="switch">No code? <button type="submit" class="link">Send another</button></p>
      </form>
      <p class="switch"><a href="${base}">Back to sign in</a></p>`,
  });
}

export function forgotPage(context: PageContext, { email }: { email?: string | undefined }): string {
  const { base, error } = context;
  return formPage(context, {
    title: 'Forgot password',
    lead: 'We send a code to your e-mail address. With it you choose a new password.',
    action: '/forgot',
    fields: field({
      name: 'email',
      label: 'E-mail',
      type: 'email',
      autocomplete: 'username',
      value: email,
      focus: true,
      error,
    }),
    submit: 'Send code',
    after: html`<p class="switch"><a href="${base}">Back to sign in</a></p>`,
  });
}

export function resetPage(
  context: PageContext,
  { email, passwordRule }: { email: string; passwordRule: string },
): string {
  const { base, error } = context;
  return formPage(context, {
    title: 'Choose a new password',
    lead: html`If <strong>${email}</strong> has an account, a code is on its way. It is valid for one hour.`,
    action: '/reset',
    fields: html`${codeField(error, 'Reset code')} ${newPasswordField(error, passwordRule)}`,
    submit: 'Save password',
    after: html`<p class="switch"><a href="${base}/forgot">Send another code</a></p>
      <p class="switch"><a href="${base}">Back to sign in</a></p>`,
  });
}

export function newPasswordPage(context: PageContext, { passwordRule }: { passwordRule: string }): string {
  return formPage(context, {
    title: 'Choose your own password',
    lead: 'The password you were given was temporary.',
    action: '/new-password',
    fields: newPasswordField(context.error, passwordRule),
    submit: 'Save and continue',
  });
}

export function totpPage(context: PageContext): string {
  return formPage(context, {
    title: 'Two-step verification',
    lead: 'Enter the six digits your authenticator app shows.',
    action: '/mfa',
    fields: codeField(context.error, 'Authenticator code'),
    submit: 'Verify',
    after: html`<p class="switch"><a href="${context.base}">Start over</a></p>`,
  });
}

export function totpSetupPage(
  context: PageContext,
  { secret, uri, qr }: { secret: string; uri: string; qr: Html },
): string {
  return formPage(context, {
    title: 'Set up two-step verification',
    lead: 'Scan this with your authenticator app, or enter the key by hand. Then enter the six digits it shows.',
    action: '/mfa-setup',
    fields: html`<div class="setup">
        ${qr}
        <p class="key">
          <span class="label" id="key-label">Key</span>
          <code aria-labelledby="key-label">${secret.replaceAll(/.{4}(?=.)/g, '$& ')}</code>
        </p>
        <p><a href="${uri}">Open in an app on this device</a></p>
      </div>
      ${codeField(context.error, 'Authenticator code')}`,
    submit: 'Turn on and continue',
  });
}

export function messagePage(title: string, message: string): string {
  return layout(
    title,
    html`<h1>${title}</h1>
      <p class="lead">${message}</p>`,
  );
}

function codeField(error: PageContext['error'], label: string): Html {
  return field({ name: 'code', label, autocomplete: 'one-time-code', code: true, focus: true, error });
}

function newPasswordField(error: PageContext['error'], passwordRule: string): Html {
  return field({
    name: 'password',
    label: 'New password',
    type: 'password',
    autocomplete: 'new-password',
    hint: passwordRule,
    error,
  });
}
