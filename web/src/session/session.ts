/**
 * Who is signed in: OAuth code flow with PKCE on the hosted login pages. The page holds an access token in memory and
 * nothing else; a cookie that no script can read renews it, once each time.
 */
import type { ConsoleConfig } from '../config.ts';
import { tabStore } from './tab-store.ts';

export type Session = {
  /** Leaves for the login pages; whoever comes back continues where they were. */
  signIn(returnTo?: string): Promise<void>;
  /**
   * Finishes a sign-in when the login pages have just sent us back with a code.
   * @returns where the person was going; undefined when nobody comes from the login pages
   * @throws Error with a sentence for the person when it failed
   */
  finish(): Promise<string | undefined>;
  /** Whether somebody may be signed in in this browser. */
  isRemembered(): boolean;
  /** A valid access token, renewed when needed; undefined when the session is over. */
  accessToken(): Promise<string | undefined>;
  /** Ends the session here and at the login pages. */
  signOut(): Promise<void>;
};

type Proof = { verifier: string; state: string; returnTo: string };

/** Renewed this long before it expires, so that no call is made with a token that dies on the way. */
const marginMs = 30_000;
const rememberedKey = 'plinth.signed-in';
const lock = 'plinth.session';

/** The session of this page with a deployment. */
export function sessionOf(config: ConsoleConfig): Session {
  let access: { token: string; expiresAtMs: number } | undefined;
  let renewal: Promise<string | undefined> | undefined;

  const keep = async (answer: Response): Promise<string> => {
    const { accessToken: token, expiresAt } = (await answer.json()) as {
      accessToken: string;
      expiresAt: string;
    };
    access = { token, expiresAtMs: Date.parse(expiresAt) };
    return token;
  };
  const forget = () => {
    access = undefined;
    localStorage.removeItem(rememberedKey);
  };
  const renew = async (): Promise<string | undefined> => {
    const answer = await post(config, '/v1/session/refresh', {});
    if (answer.ok) return keep(answer);
    if (answer.status !== 401) throw new Error('The service is not available right now. Please try again.');
    // Signed out elsewhere, or away for too long: the page then asks to sign in.
    forget();
    return undefined;
  };
  const isRemembered = () => localStorage.getItem(rememberedKey) !== null;

  return {
    isRemembered,
    signIn: async (returnTo = `${location.pathname}${location.search}`) => {
      const proof: Proof = { verifier: random(), state: random(), returnTo };
      tabStore.write('proof', proof);
      location.assign(await authorizeUrl(config, proof));
    },
    finish: async () => {
      const query = new URLSearchParams(location.search);
      if (!query.has('code') && !query.has('error')) return undefined;
      const proof = tabStore.read<Proof>('proof');
      tabStore.remove('proof');
      // The code is worth nothing a second time and does not belong into the history.
      history.replaceState(null, '', '/');
      const body = codeIn(query, proof, config.redirectUri);
      const answer = await post(config, '/v1/session', body);
      if (!answer.ok) {
        const problem = (await answer.json().catch(() => ({}))) as { title?: string };
        throw new Error(problem.title ?? 'Sign-in failed. Please try again.');
      }
      await keep(answer);
      localStorage.setItem(rememberedKey, 'yes');
      return proof?.returnTo ?? '/';
    },
    accessToken: async () => {
      if (access !== undefined && access.expiresAtMs - marginMs > Date.now()) return access.token;
      if (!isRemembered()) return undefined;
      // One renewal for all calls that wait, and one tab at a time: the cookie that all tabs share works once.
      renewal ??= navigator.locks.request(lock, renew).finally(() => (renewal = undefined));
      return renewal;
    },
    signOut: async () => {
      forget();
      const answer = await navigator.locks.request(lock, () => post(config, '/v1/session/end', {}));
      const query = new URLSearchParams({ client_id: config.clientId, logout_uri: config.redirectUri });
      const plain = { logoutUrl: `${config.loginUrl}/logout?${query.toString()}` };
      const { logoutUrl } = answer.ok ? ((await answer.json()) as typeof plain) : plain;
      location.assign(logoutUrl);
    },
  };
}

function codeIn(query: URLSearchParams, proof: Proof | undefined, redirectUri: string) {
  const error = query.get('error');
  if (error !== null) throw new Error(`Sign-in was refused: ${query.get('error_description') ?? error}`);
  if (proof === undefined || query.get('state') !== proof.state) {
    throw new Error('This sign-in was not started in this tab. Please sign in again.');
  }
  return { code: query.get('code'), codeVerifier: proof.verifier, redirectUri };
}

async function authorizeUrl(config: ConsoleConfig, { verifier, state }: Proof): Promise<string> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: config.redirectUri,
    scope: 'openid email profile',
    state,
    code_challenge: await challengeOf(verifier),
    code_challenge_method: 'S256',
  });
  return `${config.loginUrl}/oauth2/authorize?${query.toString()}`;
}

function post(config: ConsoleConfig, path: string, body: unknown): Promise<Response> {
  return fetch(config.apiUrl + path, {
    method: 'POST',
    credentials: 'include',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
