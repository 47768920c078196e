/** The frame every sign-in page stands in, and the form fields they share. */
import { html } from './html.ts';
import type { Html } from './html.ts';

/** An error belongs to a field, or to the form as a whole (`form`). */
export type FormError = { field: string; message: string };

export type PageContext = {
  /** `/login/<interaction>`; forms and links stay below it. */
  base: string;
  /** Form token. */
  csrf: string;
  error?: FormError | undefined;
  notice?: string | undefined;
};

export type FieldOptions = {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  value?: string | undefined;
  autocomplete: string;
  hint?: string;
  /** A six-digit code: numeric keyboard, wide letters. */
  code?: boolean;
  focus?: boolean;
  error?: FormError | undefined;
};

export function layout(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Plinth</title>
        <link rel="stylesheet" href="/assets/login.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main>
          <p class="brand">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M7 3h10v3H7zM9 7h6v9H9zM6 17h12v2H6zM3 20h18v2H3z" /></svg
            ><span>Plinth</span>
          </p>
          <div class="card">${content}</div>
          <p class="hint">
            Local sign-in. Accounts stay on this machine, and messages arrive in the local mailbox.
          </p>
        </main>
      </body>
    </html> `.html;
}

/** A page with one form; `action` is the path below the base. */
export function formPage(
  context: PageContext,
  options: {
    title: string;
    lead?: string | Html;
    action: string;
    fields: Html;
    submit: string;
    after?: Html;
  },
): string {
  const { error, notice } = context;
  return layout(
    options.title,
    html`<h1>${options.title}</h1>
      ${options.lead !== undefined && html`<p class="lead">${options.lead}</p>`}
      ${notice !== undefined && notice !== '' && html`<p class="notice" role="status">${notice}</p>`}
      ${error?.field === 'form' && html`<p class="error banner" role="alert">${error.message}</p>`}
      <form method="post" action="${context.base}${options.action}" novalidate>
        <input type="hidden" name="csrf" value="${context.csrf}" />
        ${options.fields}
        <button type="submit">${options.submit}</button>
      </form>
      ${options.after}`,
  );
}

export function field(options: FieldOptions): Html {
  const { name, error, hint } = options;
  const failed = error?.field === name;
  // A page has one autofocus: where the error is, else where typing starts.
  const focused = error === undefined || error.field === 'form' ? options.focus === true : failed;
  const described = [failed ? `${name}-error` : '', hint !== undefined ? `${name}-hint` : '']
    .filter(Boolean)
    .join(' ');
  return html`<div class="field">
    <label for="${name}">${options.label}</label>
    ${hint !== undefined && html`<p class="field-hint" id="${name}-hint">${hint}</p>`}
    <input
      id="${name}"
      name="${name}"
      type="${options.type ?? 'text'}"
      value="${options.value ?? ''}"
      autocomplete="${options.autocomplete}"
      ${described !== '' && html` aria-describedby="${described}"`}${failed && html` aria-invalid="true"`}${options.code === true && html` class="code" inputmode="numeric" maxlength="9"`}${options.type === 'email' && html` autocapitalize="none" spellcheck="false"`}${focused && html` autofocus`}
      required
    />
    ${failed && html`<p class="error" id="${name}-error" role="alert">${error.message}</p>`}
  </div>`;
}
