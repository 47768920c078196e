/** Cognito's access and ID tokens: what stands in them, what the PreTokenGeneration trigger may change, and
 *  the check the pool's own API makes of a token it is given. */
import { hash, randomUUID } from 'node:crypto';
import { SignJWT, errors as joseErrors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { AwsError } from '../contract.ts';
import { grantStands } from './adapter.ts';
import { groupsOf } from './groups.ts';
import { issuerOf } from './settings.ts';
import type { Pool, PoolClient } from './settings.ts';
import type { TokenSource } from './signin.ts';
import { trigger } from './triggers.ts';
import { attributesOf, users } from './users.ts';
import type { User } from './users.ts';

/** Scope of tokens issued through the API, and needed to use one at the API. */
export const API_SCOPE = 'aws.cognito.signin.user.admin';

/** What the trigger made of the claims and scopes. */
export type Shape = {
  scopes: string[];
  access: ClaimChange;
  id: ClaimChange;
};
type ClaimChange = { set: Record<string, unknown>; suppress: string[] };

export type TokenRequest = {
  user: User;
  client: PoolClient;
  /** The grant all tokens of this sign-in belong to. */
  originJti: string;
  authTime: number;
  nonce?: string | undefined;
  withId: boolean;
};

export type Tokens = {
  shape(
    user: User,
    client: PoolClient,
    scopes: string[],
    source: TokenSource,
    clientMetadata?: unknown,
  ): Promise<Shape>;
  sign(request: TokenRequest, shape: Shape): Promise<{ accessToken: string; idToken: string | undefined }>;
  /** The user and claims of an access token, when it is genuine, current and not revoked. */
  verify(accessToken: unknown, scope: string): Promise<{ user: User; claims: JWTPayload }>;
};

/** Claims no trigger may touch. */
const RESERVED = new Set([
  'acr',
  'amr',
  'at_hash',
  'auth_time',
  'azp',
  'client_id',
  'device_key',
  'event_id',
  'exp',
  'iat',
  'identities',
  'iss',
  'jti',
  'nbf',
  'nonce',
  'origin_jti',
  'scope',
  'sub',
  'token_use',
  'username',
  'version',
  'aud',
  'cognito:username',
]);

export function tokens(pool: Pool): Tokens {
  const { settings, keys } = pool;
  const people = users(pool.store);
  const issuer = issuerOf(settings);

  const seal = (claims: JWTPayload, minutes: number): Promise<string> => {
    const iat = Math.floor(Date.now() / 1000);
    return new SignJWT({ ...claims, iss: issuer, iat, exp: iat + minutes * 60, jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', kid: keys.kid })
      .sign(keys.privateKey);
  };

  return {
    async shape(user, client, scopes, source, clientMetadata) {
      const response = await trigger(pool, {
        name: 'PreTokenGeneration',
        source: `TokenGeneration_${source}`,
        userName: user.sub,
        clientId: client.clientId,
        request: {
          userAttributes: { ...attributesOf(user), 'cognito:user_status': user.status },
          groupConfiguration: {
            groupsToOverride: groupsOf(pool.store, user.sub),
            iamRolesToOverride: [],
            preferredRole: null,
          },
          scopes,
          ...(clientMetadata === undefined ? {} : { clientMetadata }),
        },
        response: { claimsAndScopeOverrideDetails: null },
      });
      return readShape(response?.claimsAndScopeOverrideDetails, scopes);
    },

    async sign({ user, client, originJti, authTime, nonce, withId }, shape) {
      const groups = groupsOf(pool.store, user.sub);
      const common = {
        sub: user.sub,
        origin_jti: originJti,
        auth_time: authTime,
        ...(groups.length === 0 ? {} : { 'cognito:groups': groups }),
      };
      const access = {
        ...common,
        token_use: 'access',
        client_id: client.clientId,
        username: user.sub,
        version: 2,
        scope: shape.scopes.join(' '),
      };
      const id = {
        ...common,
        ...Object.fromEntries(
          Object.entries(attributesOf(user)).map(([name, value]) => [name, typed(name, value)]),
        ),
        token_use: 'id',
        aud: client.clientId,
        'cognito:username': user.sub,
        ...(nonce === undefined ? {} : { nonce }),
      };
      const accessToken = await seal(changed(access, shape.access), client.accessTokenMinutes);
      if (!withId) return { accessToken, idToken: undefined };
      // OpenID Connect Core 3.1.3.6: the left half of the access token's hash ties the two together.
      const at_hash = hash('sha256', accessToken, 'buffer').subarray(0, 16).toString('base64url');
      const idToken = await seal(changed({ ...id, at_hash }, shape.id), client.idTokenMinutes);
      return { accessToken, idToken };
    },

    async verify(accessToken, scope) {
      const claims = await read(String(accessToken));
      const granted = String(claims.scope).split(' ');
      if (claims.token_use !== 'access') throw new AwsError('NotAuthorizedException', 'Invalid Access Token');
      if (!grantStands(pool.store, String(claims.origin_jti))) {
        throw new AwsError('NotAuthorizedException', 'Access Token has been revoked');
      }
      if (!granted.includes(scope)) {
        throw new AwsError('NotAuthorizedException', 'Access Token does not have required scopes');
      }
      const user = people.find(String(claims.sub));
      if (user === undefined) throw new AwsError('UserNotFoundException', 'User does not exist.');
      if (!user.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
      return { user, claims };
    },
  };

  async function read(token: string): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, keys.publicKey, { issuer, algorithms: ['RS256'] })).payload;
    } catch (error) {
      const expired = error instanceof joseErrors.JWTExpired;
      throw new AwsError(
        'NotAuthorizedException',
        expired ? 'Access Token has expired' : 'Invalid Access Token',
      );
    }
  }
}

function typed(name: string, value: string): unknown {
  return name === 'email_verified' || name === 'phone_number_verified' ? value === 'true' : value;
}

function changed(claims: JWTPayload, { set, suppress }: ClaimChange): JWTPayload {
  const kept = Object.entries(claims).filter(([name]) => RESERVED.has(name) || !suppress.includes(name));
  const added = Object.entries(set).filter(([name]) => !RESERVED.has(name));
  return { ...Object.fromEntries(kept), ...Object.fromEntries(added) };
}

function readShape(details: unknown, scopes: string[]): Shape {
  const override = record(details);
  const access = record(override.accessTokenGeneration);
  const id = record(override.idTokenGeneration);
  const dropped = strings(access.scopesToSuppress);
  const kept = scopes.filter((scope) => !dropped.includes(scope));
  return {
    scopes: [...new Set([...kept, ...strings(access.scopesToAdd)])],
    access: { set: record(access.claimsToAddOrOverride), suppress: strings(access.claimsToSuppress) },
    id: { set: record(id.claimsToAddOrOverride), suppress: strings(id.claimsToSuppress) },
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}
