/** A browser of few means: cookies with paths, forms, redirects one at a time. */
import { createHash, randomBytes } from 'node:crypto';
import { CALLBACK } from './pool.ts';

export type Page = {
  status: number;
  url: string;
  text: string;
  location: string | undefined;
  headers: Headers;
};

export type Browser = {
  /** Follows redirects while they stay at the login domain. */
  open(address: string): Promise<Page>;
  /** Fills in and sends the first form of a page. */
  submit(page: Page, fields: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
};

export function browser(origin: string): Browser {
  const jar = new Map<string, { value: string; path: string }>();

  const request = async (address: string, init: RequestInit): Promise<Page> => {
    const url = new URL(address, origin);
    const cookie = [...jar]
      .filter(([, { path }]) => covers(path, url.pathname))
      .map(([key, { value }]) => `${key.split('|')[0]}=${value}`);
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        ...(init.headers as Record<string, string>),
        cookie: cookie.join('; '),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/';
      if (/expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(`${name}|${path}`);
      else jar.set(`${name}|${path}`, { value, path });
    }
    const location = response.headers.get('location') ?? undefined;
    return {
      status: response.status,
      url: url.href,
      text: await response.text(),
      location,
      headers: response.headers,
    };
  };

  const follow = async (page: Page): Promise<Page> => {
    let current = page;
    while (current.location !== undefined && new URL(current.location, origin).origin === origin) {
      current = await request(current.location, {});
    }
    return current;
  };

  return {
    open: async (address) => follow(await request(address, {})),
    async submit(page, fields, headers = {}) {
      const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1];
      const csrf = /name="csrf"\s+value="([^"]+)"/.exec(page.text)?.[1];
      if (action === undefined || csrf === undefined) throw new Error(`No form on ${page.url}: ${page.text}`);
      return follow(
        await request(action, { method: 'POST', body: new URLSearchParams({ csrf, ...fields }), headers }),
      );
    },
  };
}

export type Authorization = { url: string; verifier: string };

/** An authorization request with PKCE; null removes a parameter. */
export function authorization(overrides: Record<string, string | null> = {}): Authorization {
  const verifier = randomBytes(32).toString('base64url');
  const parameters: Record<string, string | null> = {
    client_id: 'console',
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: CALLBACK,
    state: 'state-1',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...overrides,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== null) query.set(name, value);
  return { url: `/oauth2/authorize?${query}`, verifier };
}

export type TokenAnswer = {
  status: number;
  access_token: string;
  id_token: string;
  refresh_token: string;
  expires_in: number;
  token_type: string;
  error?: string;
  error_description?: string;
};

export async function tokenRequest(origin: string, body: Record<string, string>): Promise<TokenAnswer> {
  const response = await fetch(`${origin}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'console', ...body }),
  });
  return { status: response.status, ...((await response.json()) as object) } as TokenAnswer;
}

/** From the sign-in page to tokens. */
export async function signInHosted(
  origin: string,
  email: string,
  password: string,
  overrides: Record<string, string> = {},
): Promise<TokenAnswer & { visitor: Browser }> {
  const visitor = browser(origin);
  const request = authorization(overrides);
  const done = await visitor.submit(await visitor.open(request.url), { email, password });
  const code = new URL(done.location ?? 'about:blank').searchParams.get('code');
  if (code === null) throw new Error(`Not signed in: ${done.status} ${done.location} ${done.text}`);
  const tokens = await exchange(origin, code, request, overrides);
  return { ...tokens, visitor };
}

export function exchange(
  origin: string,
  code: string,
  request: Authorization,
  overrides: Record<string, string> = {},
): Promise<TokenAnswer> {
  return tokenRequest(origin, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: overrides.redirect_uri ?? CALLBACK,
    code_verifier: request.verifier,
    client_id: overrides.client_id ?? 'console',
  });
}

function covers(cookiePath: string, path: string): boolean {
  return cookiePath === '/' || path === cookiePath || path.startsWith(`${cookiePath}/`);
}
