/**
 * Signing in as a person does, without a browser: OAuth code flow with PKCE through the hosted login pages.
 * The demo data and the smoke test obtain their tokens this way, so both prove that the real login works.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type Browser, type Field, type Form, isAt, openBrowser, type Page } from './browser.ts';

/** The login pages and the client that signs in through them. */
export type Login = { loginUrl: string; clientId: string; redirectUri: string };

/** Who signs in; `browser` keeps the cookies of an earlier visit. */
export type Person = { email: string; password: string; browser?: Browser };

/** What the login pages hand over, and what proves that it was handed to whoever asked. */
export type Code = { code: string; codeVerifier: string; redirectUri: string };

export type Tokens = { accessToken: string; idToken: string; refreshToken: string; expiresInSeconds: number };

/** A person without an account; `readCode` looks into their mailbox for the confirmation code. */
export type NewPerson = Person & { name: string; readCode: () => Promise<string> };

/** A browser for these login pages, which stops where they hand over to the console. */
export function browserFor(login: Login): Browser {
  return openBrowser([login.redirectUri]);
}

/**
 * Signs in with e-mail address and password.
 * @throws Error with what the page said when it refuses
 */
export async function signIn(person: Login & Person): Promise<Tokens> {
  return exchange(person, await obtainCode(person));
}

/**
 * Signs in with e-mail address and password as far as a page of the console gets by itself: to a code.
 * @throws Error with what the page said when it refuses
 */
export function obtainCode({ email, password, browser, ...login }: Login & Person): Promise<Code> {
  return authorized(login, browser ?? browserFor(login), async (walker, page) =>
    walk(walker, page, login.redirectUri, answersOf({ email, password })),
  );
}

/** Creates an account, confirms its address with the mailed code, and signs in. */
export async function signUp({
  email,
  password,
  name,
  readCode,
  browser,
  ...login
}: Login & NewPerson): Promise<Tokens> {
  const code = await authorized(login, browser ?? browserFor(login), async (walker, page) => {
    const link = page.links.find(
      ({ href, text }) => /sign-?up|register/i.test(href) || /sign up/i.test(text),
    );
    if (link === undefined) throw new Error(`${page.url} has no link to sign up`);
    const answers = answersOf({ email, password, name, readCode });
    return walk(walker, await walker.open(link.href), login.redirectUri, answers);
  });
  return exchange(login, code);
}

/** New tokens for a refresh token; the refresh token is replaced as well where rotation is on. */
export async function refresh(login: Login, refreshToken: string): Promise<Tokens> {
  const form = { grant_type: 'refresh_token', client_id: login.clientId, refresh_token: refreshToken };
  const tokens = await token(login, form);
  return { ...tokens, refreshToken: tokens.refreshToken === '' ? refreshToken : tokens.refreshToken };
}

/** Ends the session of the login pages; afterwards they ask for the password again. */
export async function signOut(login: Login, browser: Browser): Promise<Page> {
  const query = new URLSearchParams({ client_id: login.clientId, logout_uri: login.redirectUri });
  return browser.open(`${login.loginUrl}/logout?${query.toString()}`);
}

/** Whether the login pages would let this browser in without asking. */
export async function isSignedIn(login: Login, browser: Browser): Promise<boolean> {
  const page = await browser.open(authorizeUrl(login, newProof()));
  return isAt(page.url, login.redirectUri) && new URL(page.url).searchParams.has('code');
}

type Proof = { verifier: string; state: string };

function newProof(): Proof {
  return { verifier: randomBytes(32).toString('base64url'), state: randomBytes(16).toString('base64url') };
}

function authorizeUrl({ loginUrl, clientId, redirectUri }: Login, { verifier, state }: Proof): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid email profile',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return `${loginUrl}/oauth2/authorize?${query.toString()}`;
}

/** Opens the login pages, lets the person walk them, and takes the code they hand over. */
async function authorized(
  login: Login,
  browser: Browser,
  walkPages: (browser: Browser, page: Page) => Promise<URL>,
): Promise<Code> {
  const proof = newProof();
  const first = await browser.open(authorizeUrl(login, proof));
  const arrived = isAt(first.url, login.redirectUri) ? new URL(first.url) : await walkPages(browser, first);
  const error = arrived.searchParams.get('error');
  if (error !== null) {
    throw new Error(`sign-in was refused: ${error} ${arrived.searchParams.get('error_description') ?? ''}`);
  }
  if (arrived.searchParams.get('state') !== proof.state)
    throw new Error('sign-in came back with another state');
  const code = arrived.searchParams.get('code') ?? '';
  return { code, codeVerifier: proof.verifier, redirectUri: login.redirectUri };
}

function exchange(login: Login, { code, codeVerifier, redirectUri }: Code): Promise<Tokens> {
  return token(login, {
    grant_type: 'authorization_code',
    client_id: login.clientId,
    redirect_uri: redirectUri,
    code,
    code_verifier: codeVerifier,
  });
}

type Answers = (field: Field) => Promise<string | undefined>;

const mostPages = 8;

/** Answers page after page until the login hands over to the console; returns that address. */
async function walk(browser: Browser, start: Page, redirectUri: string, answers: Answers): Promise<URL> {
  let page = start;
  for (let count = 0; count < mostPages; count += 1) {
    if (isAt(page.url, redirectUri)) return new URL(page.url);
    if (count > 0 && page.alerts.length > 0) throw new Error(`the login page says: ${page.alerts.join(' ')}`);
    page = await answerPage(browser, page, answers);
  }
  throw new Error(`sign-in is still on ${page.url} after ${mostPages} pages`);
}

async function answerPage(browser: Browser, page: Page, answers: Answers): Promise<Page> {
  const filled = await Promise.all(page.forms.map((form) => fill(form, answers)));
  // Beside the form that asks, a page may hold smaller ones such as “send the code again”.
  const [best] = filled.sort((a, b) => Object.keys(b.values).length - Object.keys(a.values).length);
  if (best === undefined || Object.keys(best.values).length === 0) {
    const said = page.alerts.length === 0 ? '' : `; it says: ${page.alerts.join(' ')}`;
    throw new Error(`${page.url} (${page.status}) asks for nothing that a person could answer${said}`);
  }
  return browser.submit(best.form, best.values);
}

async function fill(form: Form, answers: Answers): Promise<{ form: Form; values: Record<string, string> }> {
  const visible = form.fields.filter((field) => field.type !== 'hidden');
  const given = await Promise.all(visible.map(async (field) => [field.name, await answers(field)] as const));
  const values = Object.fromEntries(
    given.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
  return { form, values };
}

/** What this person writes into a field, judged by its type and name. */
function answersOf(person: {
  email: string;
  password: string;
  name?: string;
  readCode?: () => Promise<string>;
}): Answers {
  return async ({ type, name, autocomplete }) => {
    if (type === 'password') return person.password;
    if (type === 'email' || /e-?mail|username/i.test(name)) return person.email;
    if (autocomplete === 'one-time-code' || /code/i.test(name)) return person.readCode?.();
    if (/name/i.test(name)) return person.name;
    return undefined;
  };
}

async function token({ loginUrl }: Login, form: Record<string, string>): Promise<Tokens> {
  const answer = await fetch(`${loginUrl}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    signal: AbortSignal.timeout(30_000),
  });
  const body = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`no tokens: HTTP ${answer.status} ${JSON.stringify(body.error ?? body)}`);
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  return {
    accessToken: text('access_token'),
    idToken: text('id_token'),
    refreshToken: text('refresh_token'),
    expiresInSeconds: Number(body.expires_in),
  };
}
