/**
 * Who is signed in: OAuth code flow with PKCE on the hosted login pages. The page holds an access token in memory and
 * nothing else; a cookie that no script can read renews it, once each time.
 */

const storage = {
  read: (name) => JSON.parse(sessionStorage.getItem(`plinth.${name}`) ?? 'null'),
  write: (name, value) => sessionStorage.setItem(`plinth.${name}`, JSON.stringify(value)),
  remove: (name) => sessionStorage.removeItem(`plinth.${name}`),
};

/** Whether this browser has a cookie to try; it says nothing of whether the cookie is still good. */
const remembered = {
  read: () => localStorage.getItem('plinth.signed-in') !== null,
  write: () => localStorage.setItem('plinth.signed-in', 'yes'),
  forget: () => localStorage.removeItem('plinth.signed-in'),
};

/** Renewed this long before it expires, so that no call is made with a token that dies on the way. */
const marginMs = 30_000;

let access;
let renewal;

/** Leaves for the login pages. */
export async function signIn(config) {
  const verifier = random();
  const state = random();
  storage.write('proof', { verifier, state });
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: config.redirectUri,
    scope: 'openid email profile',
    state,
    code_challenge: await challengeOf(verifier),
    code_challenge_method: 'S256',
  });
  location.assign(`${config.loginUrl}/oauth2/authorize?${query}`);
}

/**
 * Finishes a sign-in when the login pages have just sent us back here with a code.
 * @throws Error with a sentence for the person when it failed
 */
export async function finishSignIn(config) {
  const query = new URLSearchParams(location.search);
  if (!query.has('code') && !query.has('error')) return;
  const proof = storage.read('proof');
  storage.remove('proof');
  // The code is worth nothing a second time and does not belong into the history.
  history.replaceState(null, '', '/');
  if (query.has('error')) {
    throw new Error(`Sign-in was refused: ${query.get('error_description') ?? query.get('error')}`);
  }
  if (proof === null || query.get('state') !== proof.state) {
    throw new Error('This sign-in was not started in this tab. Please sign in again.');
  }
  const body = { code: query.get('code'), codeVerifier: proof.verifier, redirectUri: config.redirectUri };
  const answer = await post(config, '/v1/session', body);
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.title ?? 'Sign-in failed. Please try again.');
  }
  await keep(answer);
  remembered.write();
}

/** Whether somebody may be signed in in this browser. */
export function isSignedIn() {
  return remembered.read();
}

/**
 * A valid access token, renewed when needed; undefined when the session is over.
 * @throws Error with a sentence for the person when the service cannot be reached
 */
export async function accessToken(config) {
  if (access !== undefined && access.expiresAtMs - marginMs > Date.now()) return access.token;
  if (!remembered.read()) return undefined;
  // One renewal for all calls that wait, and one tab at a time: the cookie that all tabs share works once.
  renewal ??= navigator.locks
    .request('plinth.session', () => renew(config))
    .finally(() => (renewal = undefined));
  return renewal;
}

/** Ends the session here and at the login pages. */
export async function signOut(config) {
  access = undefined;
  remembered.forget();
  const answer = await navigator.locks.request('plinth.session', () => post(config, '/v1/session/end', {}));
  const query = new URLSearchParams({ client_id: config.clientId, logout_uri: config.redirectUri });
  const { logoutUrl } = answer.ok ? await answer.json() : { logoutUrl: `${config.loginUrl}/logout?${query}` };
  location.assign(logoutUrl);
}

/** An invitation that was opened before signing in; it waits here. */
export const invitation = {
  /** Takes the token out of the address, where it would stay in the history. */
  keepFromAddress() {
    const token = new URLSearchParams(location.hash.slice(1)).get('token');
    if (location.pathname !== '/invitations/accept' || !token) return;
    storage.write('invitation', token);
    history.replaceState(null, '', '/');
  },
  token: () => storage.read('invitation'),
  forget: () => storage.remove('invitation'),
};

async function renew(config) {
  const answer = await post(config, '/v1/session/refresh', {});
  if (answer.ok) return keep(answer);
  if (answer.status !== 401) throw new Error('The service is not available right now. Please try again.');
  // Signed out elsewhere, or away for too long: the page then asks to sign in.
  access = undefined;
  remembered.forget();
  return undefined;
}

async function keep(answer) {
  const { accessToken: token, expiresAt } = await answer.json();
  access = { token, expiresAtMs: Date.parse(expiresAt) };
  return token;
}

function post(config, path, body) {
  return fetch(config.apiUrl.replace(/\/$/, '') + path, {
    method: 'POST',
    credentials: 'include',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function challengeOf(verifier) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
