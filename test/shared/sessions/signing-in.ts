/** The chain with a real user pool and its sign-in pages, for tests that sign in from a browser. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { obtainCode } from '#local/sign-in.ts';
import { serve } from '#shared/middleware/serve.ts';
import { sessions } from '#shared/sessions/module.ts';
import { sessionsOps } from '#shared/sessions/sessions.ops.ts';
import {
  CLIENT,
  PASSWORD,
  POOL_ID,
  startPool,
  type TestPool,
  type Trigger,
} from '../../local/cognito/pool.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';

export const console = 'https://console.example.com';
/** Where the console is in development, without TLS. */
export const development = 'http://localhost:4000';
const redirectUri = `${console}/`;

/** A page of the console: it holds one cookie, as a browser would, and calls with it. */
export type Tab = {
  cookie: string | undefined;
  /** What the browser was last told of its cookie. */
  setCookie: string | undefined;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Signs a person in, and returns what the page gets. */
  signIn(email: string): Promise<Access>;
};

export type Access = { accessToken: string; sessionId: string; expiresAt: string; endsAt: string };

export type SignIn = {
  chain: Chain;
  pool: TestPool;
  /** A confirmed account; its name is unique. */
  person(): Promise<{ sub: string; email: string }>;
  tab(): Tab;
  /** A code of the sign-in pages. */
  code(email: string): Promise<{ code: string; codeVerifier: string; redirectUri: string }>;
  call: (method: string, path: string, token: string, more?: CallMore) => Promise<Answer>;
  /** How often the pool's token endpoint was asked for each kind of grant. */
  asked: Record<string, number>;
  /** What the pool's token endpoint waits for before it answers. */
  hold: Promise<unknown> | undefined;
  /** Whether the pool answers. */
  online: boolean;
  stop(): Promise<void>;
};

type CallMore = {
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
};

/** Claims as the deployed trigger puts them into access tokens. */
const trigger: Trigger = (event) => {
  const { email, name } = (event.request as { userAttributes: Record<string, string> }).userAttributes;
  const claimsToAddOrOverride = { email, email_verified: 'true', name };
  const claims = { accessTokenGeneration: { claimsToAddOrOverride } };
  return { ok: true, payload: { ...event, response: { claimsAndScopeOverrideDetails: claims } } };
};

let tabs = 0;

/** Starts everything; once per test file. */
export async function startSignIn(): Promise<SignIn> {
  const chain = await startChain();
  const client = { ...CLIENT, callbackUrls: [redirectUri], logoutUrls: [redirectUri] };
  const pool = await startPool(
    {
      clients: [client],
      triggers: { PreTokenGeneration: 'arn:aws:lambda:us-east-1:000000000000:function:t' },
    },
    trigger,
  );
  const handler = serve(sessions, sessionsOps);
  const front = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on(
      'end',
      () => void answer(request.url ?? '', Buffer.concat(chunks).toString()).then(reply, refuse),
    );
    const reply = ({ status, text }: { status: number; text: string }) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    const refuse = () => response.destroy();
  });
  const answer = async (path: string, body: string) => {
    if (path.endsWith('/jwks.json')) return { status: 200, text: JSON.stringify(pool.jwks()) };
    if (!world.online) throw new Error('offline');
    const grant = new URLSearchParams(body).get('grant_type') ?? path;
    world.asked[grant] = (world.asked[grant] ?? 0) + 1;
    await world.hold;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const given = await fetch(`${pool.loginUrl}${path}`, { method: 'POST', headers, body });
    return { status: given.status, text: await given.text() };
  };
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    ALLOWED_ORIGINS: `${console},${development}`,
    USER_POOL_ID: POOL_ID,
    USER_POOL_CLIENT_IDS: 'console',
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: url,
    SIGN_IN_URL: url,
    SIGN_IN_CLIENT_ID: 'console',
    SIGN_IN_RETURN_URLS: redirectUri,
  });
  const world: SignIn = {
    ...{ chain, pool, asked: {}, hold: undefined, online: true },
    person: async () => {
      const email = `person-${crypto.randomUUID().slice(0, 8)}@example.com`;
      return { sub: await pool.addUser(email), email };
    },
    code: (email) =>
      obtainCode({ loginUrl: pool.loginUrl, clientId: 'console', redirectUri, email, password: PASSWORD }),
    tab: () => openTab(world, handler),
    call: (method, path, token, more = {}) => chain.call(handler, { method, path, token, ...more }),
    stop: async () => {
      front.closeAllConnections();
      front.close();
      await Promise.all([pool.stop(), chain.stop()]);
    },
  };
  return world;
}

function openTab(world: SignIn, handler: Parameters<Chain['call']>[0]): Tab {
  // An address of its own: a few tabs behind one would be too many sign-ins.
  const ip = `2001:db8::${(tabs += 1).toString(16)}`;
  const tab: Tab = {
    cookie: undefined,
    setCookie: undefined,
    post: async (path, body = {}, headers = {}) => {
      const answer = await world.chain.call(handler, {
        ...{ method: 'POST', path, body, ip },
        headers: { Origin: console, ...(tab.cookie === undefined ? {} : { Cookie: tab.cookie }), ...headers },
      });
      const told = answer.headers['set-cookie'];
      if (told !== undefined) {
        tab.setCookie = told;
        const [pair = ''] = told.split(';');
        tab.cookie = pair.endsWith('=') ? undefined : pair;
      }
      return answer;
    },
    signIn: async (email) => {
      const answer = await tab.post('/v1/session', await world.code(email));
      if (answer.status !== 200) throw new Error(`no sign-in: ${JSON.stringify(answer)}`);
      return answer.body as Access;
    },
  };
  return tab;
}
