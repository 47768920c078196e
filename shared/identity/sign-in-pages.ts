/**
 * The user pool’s OAuth endpoints, which stand beside its sign-in pages: a code or a refresh token for tokens, the
 * revocation of a refresh token, and where the pages’ own session ends. The one adapter of them (ARC-3).
 */
import * as z from 'zod';
import { settings } from '../config/environment.ts';
import type { Log } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';

/** What the pool gave; no refresh token means that the one that was used lives on. */
export type GivenTokens = {
  accessToken: string;
  refreshToken: string | undefined;
  expiresInSeconds: number;
};

/** The pages run a trigger, whose first call after a pause takes a second or two. */
const answerWithinMs = 6_000;

/**
 * Exchanges the code of a sign-in; undefined when it is wrong, used, or belongs to another proof or address.
 * @throws Failure `dependency.unavailable` when the pool does not answer
 */
export function exchangeCode(proof: {
  code: string;
  codeVerifier: string;
  redirectUri: string;
}): Promise<GivenTokens | undefined> {
  return tokens({
    grant_type: 'authorization_code',
    code: proof.code,
    code_verifier: proof.codeVerifier,
    redirect_uri: proof.redirectUri,
  });
}

/**
 * New tokens for a refresh token; undefined when it is used, revoked or too old.
 * @throws Failure `dependency.unavailable` when the pool does not answer
 */
export function refreshTokens(refreshToken: string): Promise<GivenTokens | undefined> {
  return tokens({ grant_type: 'refresh_token', refresh_token: refreshToken });
}

/** Revokes a refresh token and what was issued from it, as far as the pool itself looks; failure is logged only. */
export async function revokeRefreshToken(refreshToken: string, log: Log): Promise<void> {
  const { clientId } = settings.signIn();
  try {
    const answer = await post('/oauth2/revoke', { token: refreshToken, client_id: clientId });
    if (!answer.ok) log.warn('the user pool did not revoke a refresh token', { status: answer.status });
  } catch (error) {
    // The gate refuses the session already; this only ends what lies outside of it.
    log.warn('the user pool could not be reached to revoke a refresh token', {
      errorName: error instanceof Error ? error.name : 'unknown',
    });
  }
}

/** Where a browser goes to end its session at the sign-in pages, and comes back from to a page of that origin. */
export function logoutUrl(origin: string): string {
  const { url, clientId, returnUrls } = settings.signIn();
  const back = returnUrls.find((candidate) => new URL(candidate).origin === origin) ?? returnUrls[0] ?? '';
  return `${url}/logout?${new URLSearchParams({ client_id: clientId, logout_uri: back }).toString()}`;
}

const answerSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  expires_in: z.int().positive(),
});

async function tokens(grant: Record<string, string>): Promise<GivenTokens | undefined> {
  try {
    const answer = await post('/oauth2/token', { ...grant, client_id: settings.signIn().clientId });
    const body: unknown = await answer.json();
    if (answer.status === 400 && isRefusal(body)) return undefined;
    if (!answer.ok) throw new Error(`the user pool answers HTTP ${answer.status}`);
    const given = answerSchema.parse(body);
    return {
      accessToken: given.access_token,
      refreshToken: given.refresh_token,
      expiresInSeconds: given.expires_in,
    };
  } catch (error) {
    throw fail(problems.unavailable, { cause: error });
  }
}

/** What is the caller’s fault; anything else that the pool refuses is a mistake of this deployment. */
function isRefusal(body: unknown): boolean {
  const parsed = z.object({ error: z.string() }).safeParse(body);
  return parsed.success && ['invalid_grant', 'invalid_request'].includes(parsed.data.error);
}

function post(path: string, form: Record<string, string>): Promise<Response> {
  return fetch(`${settings.signIn().url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    redirect: 'error',
    signal: AbortSignal.timeout(answerWithinMs),
  });
}
