/** Verifies access tokens against the user pool (IDN-2): signature, issuer, client, use, expiry, algorithm. */
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwtBaseError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import * as z from 'zod';
import { settings } from '../config/environment.ts';
import type { Caller } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { formatId, type SessionId } from '../contract/ids.ts';
import { type PlatformRole, platformRoleNames } from '../contract/roles.ts';

/** The session that a token belongs to: Cognito's sign-in, whatever was refreshed since. */
export type TokenSession = { id: SessionId; startedAt: Date };

/** The caller that a token stands for, with the platform roles of its groups and the session. */
export type VerifiedCaller = Caller & { platformRoles: readonly PlatformRole[]; session: TokenSession };

/** What the pre-token trigger and Cognito put into an access token. */
const claimsSchema = z.object({
  sub: z.guid(),
  email: z.string().default(''),
  email_verified: z.union([z.boolean(), z.stringbool()]).default(false),
  name: z.string().default(''),
  'cognito:groups': z.array(z.string()).default([]),
  // The sign-in that this token and all refreshed ones go back to, and when it was.
  origin_jti: z.guid(),
  auth_time: z.int().positive(),
});

/**
 * The caller of a token.
 * @throws Failure `auth.unauthenticated` for anything but a valid access token of this pool's clients
 * @throws Failure `dependency.unavailable` when the signing keys cannot be fetched
 */
export async function verifyAccessToken(token: string): Promise<VerifiedCaller> {
  const parsed = claimsSchema.safeParse(await verifiedClaims(token));
  if (!parsed.success) throw invalidToken(parsed.error);
  const claims = parsed.data;
  const groups = claims['cognito:groups'];
  return {
    id: formatId('user', claims.sub),
    email: claims.email.toLowerCase(),
    emailVerified: claims.email_verified,
    name: claims.name,
    platformRoles: platformRoleNames.filter((role) => groups.includes(role)),
    session: {
      id: formatId('session', claims.origin_jti),
      startedAt: new Date(claims.auth_time * 1000),
    },
  };
}

async function verifiedClaims(token: string): Promise<unknown> {
  try {
    return await verifier().verify(token);
  } catch (error) {
    if (error instanceof FetchError) throw fail(problems.unavailable, { cause: error });
    if (!(error instanceof JwtBaseError) && !(error instanceof SyntaxError)) throw error;
    throw invalidToken(error);
  }
}

function invalidToken(cause: unknown) {
  return fail(problems.unauthenticated, {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    cause,
  });
}

let shared: ReturnType<typeof createVerifier> | undefined;

function verifier() {
  return (shared ??= createVerifier());
}

function createVerifier() {
  const { userPoolId, clientIds } = settings.cognito();
  return CognitoJwtVerifier.create(
    { userPoolId, clientId: clientIds, tokenUse: 'access' },
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchKeys } }) },
  );
}

/** Fetches signing keys; on a laptop from the local user pool instead of AWS, at the same path. */
async function fetchKeys(uri: string): Promise<ArrayBuffer> {
  const { endpoint } = settings.cognito();
  const from = endpoint === undefined ? uri : new URL(new URL(uri).pathname, endpoint).href;
  try {
    const answer = await fetch(from, { signal: AbortSignal.timeout(1_500) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return await answer.arrayBuffer();
  } catch (error) {
    throw new FetchError(from, error);
  }
}
