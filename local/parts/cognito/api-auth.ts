/** Signing in through the API: InitiateAuth, its challenges, refreshing and revoking. */
import type Provider from 'oidc-provider';
import { AwsError } from '../contract.ts';
import { revokeGrant } from './adapter.ts';
import type { Action } from './api.ts';
import { optional, record, required } from './api-input.ts';
import { askerOf } from './api-self.ts';
import { listAttributes, readAttributes } from './attributes.ts';
import { newGrant } from './provider.ts';
import { findClient } from './settings.ts';
import type { Pool, PoolClient } from './settings.ts';
import { signIn } from './signin.ts';
import type { Answer, ChallengeName, Outcome } from './signin.ts';
import { API_SCOPE, tokens } from './tokens.ts';
import { attributesOf } from './users.ts';

const CHALLENGES = new Set<string>([
  'NEW_PASSWORD_REQUIRED',
  'SOFTWARE_TOKEN_MFA',
  'MFA_SETUP',
] satisfies ChallengeName[]);

export function authActions(pool: Pool, provider: Provider, origin: string): Record<string, Action> {
  const auth = signIn(pool);
  const token = tokens(pool);

  const answerTo = async (
    outcome: Outcome,
    client: PoolClient,
    clientMetadata: unknown,
  ): Promise<unknown> => {
    if (outcome.kind === 'challenge') {
      return {
        ChallengeName: outcome.name,
        Session: outcome.session,
        ChallengeParameters: challengeParameters(outcome),
      };
    }
    const { user, source } = outcome;
    const shape = await token.shape(user, client, [API_SCOPE], source, clientMetadata);
    const grant = await newGrant(provider, client.clientId, user.sub, API_SCOPE);
    const authTime = Math.floor(Date.now() / 1000);
    const owner = await provider.Client.find(client.clientId);
    if (owner === undefined)
      throw new AwsError('ResourceNotFoundException', `User pool client ${client.clientId} does not exist.`);
    const refresh = new provider.RefreshToken({
      client: owner,
      accountId: user.sub,
      grantId: grant.jti,
      scope: API_SCOPE,
      gty: 'password',
      authTime,
      rotations: 0,
    });
    const RefreshToken = await refresh.save();
    const { accessToken, idToken } = await token.sign(
      { user, client, originJti: grant.jti, authTime, withId: true },
      shape,
    );
    return {
      ChallengeParameters: {},
      AuthenticationResult: {
        AccessToken: accessToken,
        ExpiresIn: client.accessTokenMinutes * 60,
        IdToken: idToken,
        RefreshToken,
        TokenType: 'Bearer',
      },
    };
  };

  /** Through the token endpoint, so that rotation and reuse detection are the same on both ways in. */
  const refresh = async (client: PoolClient, refreshToken: string): Promise<unknown> => {
    const known = await provider.RefreshToken.find(refreshToken);
    const response = await fetch(`${origin}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: client.clientId,
        refresh_token: refreshToken,
      }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw refreshRefused(String(body.error_description), known !== undefined);
    return {
      ChallengeParameters: {},
      AuthenticationResult: {
        AccessToken: body.access_token,
        ExpiresIn: body.expires_in,
        IdToken: body.id_token,
        ...(body.refresh_token === undefined ? {} : { RefreshToken: body.refresh_token }),
        TokenType: 'Bearer',
      },
    };
  };

  const clientOf = (clientId: string): PoolClient => {
    const client = findClient(pool.settings, clientId);
    if (client === undefined)
      throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
    return client;
  };

  return {
    async InitiateAuth(body) {
      const asker = askerOf(pool, body);
      const client = clientOf(asker.clientId);
      const parameters = record(body, 'AuthParameters');
      const flow = required(body, 'AuthFlow');
      if (flow === 'USER_PASSWORD_AUTH') {
        requireFlow(client, flow);
        const outcome = await auth.start(
          required(parameters, 'USERNAME'),
          required(parameters, 'PASSWORD'),
          asker,
        );
        return answerTo(outcome, client, body.ClientMetadata);
      }
      if (flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN') {
        requireFlow(client, 'REFRESH_TOKEN_AUTH');
        return refresh(client, required(parameters, 'REFRESH_TOKEN'));
      }
      throw new AwsError('InvalidParameterException', `${flow} flow is not available locally`);
    },

    /** The way to refresh where rotation is on. */
    async GetTokensFromRefreshToken(body) {
      return refresh(clientOf(askerOf(pool, body).clientId), required(body, 'RefreshToken'));
    },

    async RespondToAuthChallenge(body) {
      const asker = askerOf(pool, body);
      const name = required(body, 'ChallengeName');
      if (!CHALLENGES.has(name))
        throw new AwsError('InvalidParameterException', `${name} is not available locally`);
      const outcome = await auth.answer(
        required(body, 'Session'),
        name as ChallengeName,
        readAnswer(record(body, 'ChallengeResponses')),
        asker,
      );
      return answerTo(outcome, clientOf(asker.clientId), body.ClientMetadata);
    },

    async RevokeToken(body) {
      const { clientId } = askerOf(pool, body);
      const given = required(body, 'Token');
      if (given.split('.').length > 2) {
        throw new AwsError('UnsupportedTokenTypeException', 'The token type is not supported');
      }
      const found = await provider.RefreshToken.find(given, { ignoreExpiration: true });
      if (found !== undefined && found.clientId !== clientId) {
        throw new AwsError('UnauthorizedException', 'The request is not authorized');
      }
      if (found?.grantId !== undefined) revokeGrant(pool.store, found.grantId);
      return {};
    },
  };
}

function requireFlow(client: PoolClient, flow: string): void {
  if (!client.authFlows.includes(`ALLOW_${flow}`) && !client.authFlows.includes(flow)) {
    throw new AwsError('InvalidParameterException', `${flow} flow not enabled for this client`);
  }
  if (flow === 'REFRESH_TOKEN_AUTH' && client.rotateRefreshTokens) {
    throw new AwsError(
      'InvalidParameterException',
      'REFRESH_TOKEN_AUTH is not supported with refresh token rotation; call GetTokensFromRefreshToken',
    );
  }
}

function challengeParameters({
  name,
  user,
}: Extract<Outcome, { kind: 'challenge' }>): Record<string, string> {
  const parameters = { USER_ID_FOR_SRP: user.sub };
  if (name === 'MFA_SETUP') return { ...parameters, MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' };
  if (name === 'SOFTWARE_TOKEN_MFA') return { ...parameters, FRIENDLY_DEVICE_NAME: 'TOTP' };
  const { sub: _sub, ...attributes } = attributesOf(user);
  return { ...parameters, requiredAttributes: '[]', userAttributes: JSON.stringify(attributes) };
}

function readAnswer(responses: Record<string, unknown>): Answer {
  const newPassword = optional(responses, 'NEW_PASSWORD');
  const totp = optional(responses, 'SOFTWARE_TOKEN_MFA_CODE');
  const given = Object.entries(responses)
    .filter(([name]) => name.startsWith('userAttributes.'))
    .map(([name, value]) => ({ Name: name.slice('userAttributes.'.length), Value: value }));
  const { email: _email, ...attributes } = readAttributes(
    listAttributes(Object.fromEntries(given.map(({ Name, Value }) => [Name, String(Value)]))),
    'user',
  );
  return {
    attributes,
    ...(newPassword === undefined ? {} : { newPassword }),
    ...(totp === undefined ? {} : { totp }),
  };
}

function refreshRefused(description: string, known: boolean): AwsError {
  if (description.includes('failed with error')) {
    return new AwsError('UserLambdaValidationException', description);
  }
  return new AwsError(
    'NotAuthorizedException',
    known ? 'Refresh Token has been revoked' : 'Invalid Refresh Token',
  );
}
