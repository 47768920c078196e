/** oidc-provider, configured to behave as a Cognito login domain: code with PKCE, rotation, revocation. */
import { randomUUID } from 'node:crypto';
import Provider, { errors, interactionPolicy } from 'oidc-provider';
import type { Client, ClientMetadata, Grant, KoaContextWithOIDC } from 'oidc-provider';
import { AwsError } from '../contract.ts';
import { adapterFor } from './adapter.ts';
import { isLoopback, sameButPort } from './loopback.ts';
import { findClient, issuerOf } from './settings.ts';
import type { Pool, PoolClient } from './settings.ts';
import { API_SCOPE, tokens } from './tokens.ts';
import type { Shape } from './tokens.ts';
import { attributesOf, users } from './users.ts';
import type { User } from './users.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `renderError` draws the page of an error that cannot be sent back to the client. */
export function createProvider(pool: Pool, renderError: (message: string) => string): Provider {
  const { settings, keys } = pool;
  const people = users(pool.store);
  const token = tokens(pool);
  const scopes = new Set(['openid', API_SCOPE, ...settings.clients.flatMap((client) => client.scopes)]);

  /** The trigger runs once per token request, before the provider uses up a refresh token for it. */
  const shapes = new WeakMap<KoaContextWithOIDC, Promise<Shape>>();
  const shapeFor = (ctx: KoaContextWithOIDC): Promise<Shape> => {
    const known = shapes.get(ctx) ?? shape(ctx).catch(asOAuthError);
    shapes.set(ctx, known);
    return known;
  };
  const shape = (ctx: KoaContextWithOIDC): Promise<Shape> => {
    const { AuthorizationCode: code, RefreshToken: refresh } = ctx.oidc.entities;
    const granted = (refresh?.scope ?? code?.scope ?? '').split(' ').filter((scope) => scope !== '');
    const asked = typeof ctx.oidc.params?.scope === 'string' ? ctx.oidc.params.scope.split(' ') : granted;
    const source = refresh === undefined ? 'HostedAuth' : 'RefreshTokens';
    return token.shape(
      userOf(ctx),
      clientOf(ctx),
      granted.filter((scope) => asked.includes(scope)),
      source,
    );
  };
  const userOf = (ctx: KoaContextWithOIDC): User => {
    const user = people.find(ctx.oidc.entities.Account?.accountId ?? '');
    if (user === undefined) throw new errors.InvalidGrant('user does not exist');
    return user;
  };
  const clientOf = (ctx: KoaContextWithOIDC): PoolClient => {
    const client = findClient(settings, ctx.oidc.client?.clientId);
    if (client === undefined) throw new errors.InvalidClient('client does not exist');
    return client;
  };
  const minutes = (client: Client | undefined, of: 'accessTokenMinutes' | 'idTokenMinutes'): number =>
    (findClient(settings, client?.clientId)?.[of] ?? 60) * MINUTE;
  const refreshSeconds = (clientId: string | undefined): number =>
    Math.ceil((findClient(settings, clientId)?.refreshTokenDays ?? 30) * DAY);

  const policy = interactionPolicy.base();
  // Cognito asks no consent; a native client here is a page on a loopback port, not an installed app.
  policy.get('consent')?.checks.remove('native_client_prompt');
  policy
    .get('login')
    ?.checks.add(
      new interactionPolicy.Check(
        'account_gone',
        'End-User may no longer sign in',
        (ctx) => ctx.oidc.session?.accountId !== undefined && ctx.oidc.entities.Account === undefined,
      ),
    );

  const provider: Provider = new Provider(issuerOf(settings), {
    adapter: adapterFor(pool.store),
    clients: settings.clients.map(clientMetadata),
    jwks: { keys: [keys.jwk] },
    scopes,
    claims: { openid: ['sub'] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: async (_ctx, client, given) => given.clientId === client.clientId,
      },
      resourceIndicators: { enabled: false },
    },
    routes: {
      authorization: '/oauth2/authorize',
      token: '/oauth2/token',
      revocation: '/oauth2/revoke',
      jwks: '/.well-known/jwks.json',
    },
    cookies: {
      keys: [keys.mac('cookies', '1')],
      names: { session: 'cognito', interaction: 'cognito-signin', resume: 'cognito-resume' },
      long: { signed: true, httpOnly: true, sameSite: 'lax' },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    ttl: {
      // Cognito's managed login keeps a browser signed in for an hour from the sign-in, used or not.
      Session: (_ctx, session) =>
        session.loginTs === undefined
          ? HOUR
          : Math.max(1, session.loginTs + HOUR - Math.floor(Date.now() / 1000)),
      Interaction: HOUR,
      AuthorizationCode: 5 * MINUTE,
      AccessToken: (_ctx, _token, client) => minutes(client, 'accessTokenMinutes'),
      IdToken: (_ctx, _token, client) => minutes(client, 'idTokenMinutes'),
      // A rotated token inherits what was left: rotation never prolongs a sign-in.
      RefreshToken: (ctx, _token, client) =>
        ctx?.oidc.entities.RotatedRefreshToken?.remainingTTL ?? refreshSeconds(client.clientId),
      Grant: (_ctx, grant) => refreshSeconds(grant.clientId),
    },
    interactions: {
      policy,
      // The cookie of a sign-in is bound to this path and what lies below it.
      url: (_ctx, interaction) => `/login/${interaction.uid}`,
    },
    extraParams: {
      lang: () => undefined,
      // Validators run whether or not the parameter is there. This one also treats scopes as Cognito does: it
      // refuses what the client does not have, where the provider drops what it does not know, and no scope
      // means all of the client's.
      screen_hint: (ctx, _value, client) => {
        const allowed = findClient(settings, client.clientId)?.scopes ?? [];
        const asked = [ctx.query.scope ?? []].flat().flatMap((list) => list.split(' '));
        const refused = asked.find((scope) => scope !== '' && !allowed.includes(scope));
        if (refused !== undefined) throw new errors.InvalidScope('requested scope is not allowed', refused);
        if (asked.length === 0 && ctx.oidc.params !== undefined) ctx.oidc.params.scope = allowed.join(' ');
      },
    },
    findAccount: (_ctx, sub) => {
      const user = people.find(sub);
      if (user === undefined || !user.enabled) return undefined;
      return { accountId: user.sub, claims: () => ({ ...attributesOf(user), sub: user.sub }) };
    },
    loadExistingGrant: async (ctx) => {
      const { client, account } = ctx.oidc;
      if (client === undefined || account === undefined) return undefined;
      return newGrant(
        provider,
        client.clientId,
        account.accountId,
        [...ctx.oidc.requestParamScopes].join(' '),
      );
    },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    rotateRefreshToken: async (ctx) => {
      await shapeFor(ctx);
      return clientOf(ctx).rotateRefreshTokens;
    },
    extraTokenClaims: async (ctx) => {
      await shapeFor(ctx);
      return undefined;
    },
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => sameButPort(new URL(uri).origin, origin)),
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = renderError(out.error_description ?? out.error);
    },
  });

  // The provider has checked and rotated; what the client gets are tokens as Cognito signs them.
  use(provider, async (ctx, next) => {
    await next();
    const oidc = ctx.oidc as KoaContextWithOIDC['oidc'] | undefined;
    if (oidc?.route !== 'token' || ctx.status !== 200) return;
    const shaped = await shapeFor(ctx);
    const source = oidc.entities.RefreshToken ?? oidc.entities.AuthorizationCode;
    const signed = await token.sign(
      {
        user: userOf(ctx),
        client: clientOf(ctx),
        originJti: source?.grantId ?? '',
        authTime: source?.authTime ?? Math.floor(Date.now() / 1000),
        nonce: oidc.entities.AuthorizationCode?.nonce,
        // Through the API there is always one.
        withId: source?.scopes.has('openid') === true || source?.gty?.startsWith('password') === true,
      },
      shaped,
    );
    const { refresh_token: refreshToken, expires_in: expiresIn } = ctx.body;
    ctx.body = {
      access_token: signed.accessToken,
      ...(signed.idToken === undefined ? {} : { id_token: signed.idToken }),
      // Without rotation the client keeps the one it sent.
      ...(refreshToken === oidc.params?.refresh_token ? {} : { refresh_token: refreshToken }),
      expires_in: expiresIn,
      token_type: 'Bearer',
    };
  });
  return provider;
}

type Middleware = (
  ctx: KoaContextWithOIDC & { status: number; body: Record<string, unknown> },
  next: () => Promise<void>,
) => Promise<void>;

/** The provider is a Koa application; this is the one method of it used here. */
function use(provider: { use?: unknown }, middleware: Middleware): void {
  (provider as { use(middleware: Middleware): void }).use(middleware);
}

/** One grant per sign-in and client; its id is the `origin_jti` of all tokens issued from it. */
export async function newGrant(
  provider: Provider,
  clientId: string,
  sub: string,
  scope: string,
): Promise<Grant> {
  const grant = new provider.Grant({ clientId, accountId: sub });
  grant.jti = randomUUID();
  grant.addOIDCScope(scope);
  await grant.save();
  return grant;
}

function clientMetadata(client: PoolClient): ClientMetadata {
  const hosted = client.callbackUrls.length > 0;
  // A native client may come back on any loopback port (RFC 8252), but not to https on a loopback name.
  const native = !client.callbackUrls.some((uri) => uri.startsWith('https:') && isLoopback(new URL(uri)));
  return {
    client_id: client.clientId,
    client_name: client.name,
    application_type: native ? 'native' : 'web',
    token_endpoint_auth_method: 'none',
    redirect_uris: client.callbackUrls,
    response_types: hosted ? ['code'] : [],
    grant_types: hosted ? ['authorization_code', 'refresh_token'] : ['refresh_token'],
    ...(client.scopes.length > 0 ? { scope: client.scopes.join(' ') } : {}),
  };
}

function asOAuthError(error: unknown): never {
  // The library's own InvalidGrant keeps its reason to itself; Cognito passes on what the trigger said.
  if (error instanceof AwsError) throw new errors.CustomOIDCProviderError('invalid_grant', error.message);
  throw error;
}
