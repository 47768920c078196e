/**
 * Who is signed in: OAuth code flow with PKCE on the hosted login pages. Tokens live in this tab's
 * sessionStorage: they survive a reload and end with the tab.
 */

const storage = {
  read: (name) => JSON.parse(sessionStorage.getItem(`plinth.${name}`) ?? 'null'),
  write: (name, value) => sessionStorage.setItem(`plinth.${name}`, JSON.stringify(value)),
  remove: (name) => sessionStorage.removeItem(`plinth.${name}`),
};

/** Renewed this long before it expires, so that no call is made with a token that dies on the way. */
const marginMs = 30_000;

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
  await fetchTokens(config, {
    grant_type: 'authorization_code',
    redirect_uri: config.redirectUri,
    code: query.get('code'),
    code_verifier: proof.verifier,
  });
}

/** Whether somebody is signed in in this tab. */
export function isSignedIn() {
  return storage.read('tokens') !== null;
}

/** A valid access token, renewed when needed; undefined when the session is over. */
export async function accessToken(config) {
  const tokens = storage.read('tokens');
  if (tokens === null) return undefined;
  if (tokens.expiresAtMs - marginMs > Date.now()) return tokens.access;
  // One renewal for all calls that wait: a refresh token works once.
  renewal ??= renew(config, tokens.refresh).finally(() => (renewal = undefined));
  return renewal;
}

/** Ends the session here, at the login pages, and for the refresh token. */
export async function signOut(config) {
  const refresh = storage.read('tokens')?.refresh;
  storage.remove('tokens');
  if (refresh) {
    const body = new URLSearchParams({ client_id: config.clientId, token: refresh });
    const revoked = fetch(`${config.loginUrl}/oauth2/revoke`, { method: 'POST', body });
    // Read to the end: leaving the page would abort it.
    await revoked.then((answer) => answer.text()).catch(() => undefined);
  }
  const query = new URLSearchParams({ client_id: config.clientId, logout_uri: config.redirectUri });
  location.assign(`${config.loginUrl}/logout?${query}`);
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

async function renew(config, refreshToken) {
  try {
    return await fetchTokens(config, { grant_type: 'refresh_token', refresh_token: refreshToken });
  } catch {
    // Signed out elsewhere, or away for too long: the page then asks to sign in.
    storage.remove('tokens');
    return undefined;
  }
}

async function fetchTokens(config, grant) {
  const answer = await fetch(`${config.loginUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: config.clientId, ...grant }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`Sign-in failed: ${body.error_description ?? body.error}`);
  storage.write('tokens', {
    access: body.access_token,
    refresh: body.refresh_token ?? grant.refresh_token,
    expiresAtMs: Date.now() + body.expires_in * 1000,
  });
  return body.access_token;
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
