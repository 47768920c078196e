/** The login domain over HTTP: pages, the few endpoints Cognito words its own way, and the provider's rest. */
import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { messagePage } from '#local/pages/login/pages.ts';
import { AwsError } from '../contract.ts';
import { flows } from './flows.ts';
import { hostedPages } from './hosted.ts';
import type { PageAnswer, Visit } from './hosted.ts';
import { sameButPort } from './loopback.ts';
import { fromOwnPage, readForm, secure, send, sendJson } from './reply.ts';
import type { Reply } from './reply.ts';
import { findClient } from './settings.ts';
import type { Pool } from './settings.ts';
import { tokens } from './tokens.ts';
import { attributesOf } from './users.ts';
import type { User } from './users.ts';

const STYLESHEET = readFileSync(new URL('../../pages/login/login.css', import.meta.url));
/** Entry pages of Cognito's login domain, which take what `/oauth2/authorize` takes. */
const ENTRIES: Record<string, string> = { '/login': '', '/signup': 'signup', '/forgotPassword': 'forgot' };
const START_PAGES: Record<string, string> = { signup: '/signup', forgot: '/forgot' };
const EXPIRED =
  'This sign-in has expired or was finished in another tab. Go back to the application and start again.';

export function loginServer(pool: Pool, provider: Provider): Server {
  const pages = hostedPages(pool);
  const token = tokens(pool);
  const flow = flows(pool.store);
  const fallback = provider.callback();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    const page = /^\/login\/([\w-]+)(\/[\w-]+)?$/.exec(url.pathname);
    const method = request.method ?? 'GET';
    if (page !== null && (method === 'GET' || method === 'POST')) {
      send(response, await visitPage(request, response, page[1] ?? '', page[2] ?? ''));
    } else if (url.pathname === '/assets/login.css') {
      secure(response);
      response
        .writeHead(200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'no-cache' })
        .end(STYLESHEET);
    } else if (method === 'GET' && Object.hasOwn(ENTRIES, url.pathname)) {
      const hint = ENTRIES[url.pathname] ?? '';
      if (hint !== '') url.searchParams.set('screen_hint', hint);
      send(response, { redirect: `/oauth2/authorize?${url.searchParams}` });
    } else if (method === 'GET' && url.pathname === '/logout') {
      send(response, await logout(request, response, url.searchParams));
    } else if (url.pathname === '/oauth2/userInfo') {
      await userInfo(request, response);
    } else if (url.pathname.startsWith('/oauth2/') || url.pathname.startsWith('/.well-known/')) {
      secure(response);
      await fallback(request, response);
    } else {
      send(response, {
        status: 404,
        html: messagePage('Nothing here', 'Start from the application: it leads here to sign in.'),
      });
    }
  };

  /** One page of one sign-in; the signed cookie, bound to the page's path, says whose it is. */
  async function visitPage(
    request: IncomingMessage,
    response: ServerResponse,
    uid: string,
    path: string,
  ): Promise<Reply> {
    const interaction = await provider.interactionDetails(request, response).catch((error: unknown) => {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    });
    if (interaction === undefined || interaction.uid !== uid) {
      return { status: 400, html: messagePage('Please start again', EXPIRED) };
    }
    const { params } = interaction;
    const csrf = pool.keys.mac('csrf', uid);
    const form = request.method === 'POST' ? await readForm(request) : undefined;
    if (
      request.method === 'POST' &&
      (form === undefined || !fromOwnPage(request) || !same(form.get('csrf') ?? '', csrf))
    ) {
      return { status: 403, html: messagePage('Refused', 'This form was not sent from the sign-in page.') };
    }
    const hinted = START_PAGES[String(params.screen_hint)];
    if (flow.begin(uid) && hinted !== undefined) return { redirect: `/login/${uid}${hinted}` };
    const clientId = String(params.client_id);
    const visit: Visit = {
      uid,
      base: `/login/${uid}`,
      csrf,
      clientId,
      product: findClient(pool.settings, clientId)?.name ?? 'the application',
      loginHint: typeof params.login_hint === 'string' ? params.login_hint : undefined,
      form,
    };
    const answer: PageAnswer | undefined = await pages(path, visit);
    if (answer === undefined)
      return { status: 404, html: messagePage('Nothing here', 'There is no such page.') };
    if ('signedIn' in answer) return { redirect: await finish(interaction, answer.signedIn) };
    if ('redirect' in answer) return answer;
    return { ...answer, formTargets: [originOf(String(params.redirect_uri))] };
  }

  /** Records who signed in and leads back to the authorization request. */
  async function finish(
    interaction: Awaited<ReturnType<Provider['interactionDetails']>>,
    user: User,
  ): Promise<string> {
    interaction.result = { login: { accountId: user.sub } };
    await interaction.persist();
    const session =
      interaction.session?.uid === undefined
        ? undefined
        : await provider.Session.findByUid(interaction.session.uid);
    if (session?.accountId !== undefined && session.accountId !== user.sub) {
      // Another user signs in in the same browser: the session changes hands with nothing of the former left.
      session.accountId = user.sub;
      session.authorizations = {};
      await session.persist();
    }
    return interaction.returnTo;
  }

  async function logout(
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
  ): Promise<Reply> {
    const client = findClient(pool.settings, query.get('client_id'));
    const target = query.get('logout_uri');
    const again = query.get('redirect_uri');
    const registered = target === null ? client?.callbackUrls : client?.logoutUrls;
    const given = target ?? again;
    if (
      client === undefined ||
      given === null ||
      registered?.some((uri) => sameButPort(uri, given)) !== true
    ) {
      return {
        status: 400,
        html: messagePage('Cannot sign out', 'The client or the address to return to is not registered.'),
      };
    }
    const context = provider.createContext(request, response);
    const session = await provider.Session.get(context);
    await session.destroy();
    context.cookies.set(provider.cookieName('session'), null, { signed: true, path: '/' });
    if (target !== null) return { redirect: target };
    return { redirect: `/oauth2/authorize?${query}` };
  }

  async function userInfo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cache-Control', 'no-store');
    if (request.method === 'OPTIONS') {
      response
        .writeHead(204, {
          'Access-Control-Allow-Headers': 'authorization',
          'Access-Control-Allow-Methods': 'GET, POST',
        })
        .end();
      return;
    }
    try {
      const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const { user } = await token.verify(bearer, 'openid');
      sendJson(response, 200, { ...attributesOf(user), username: user.sub });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      response.setHeader(
        'WWW-Authenticate',
        `Bearer error="invalid_token", error_description="${error.message}"`,
      );
      sendJson(response, 401, { error: 'invalid_token', error_description: error.message });
    }
  }

  return createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      pool.log(`login page: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      if (response.headersSent) response.destroy();
      else
        send(response, {
          status: 500,
          html: messagePage('Something went wrong', 'Please start again from the application.'),
        });
    });
  });
}

function same(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

function originOf(address: string): string {
  const { origin, protocol } = new URL(address);
  return origin === 'null' ? protocol : origin;
}
