/**
 * Endpoints that take a cookie (IDN-3): pages of the allowed origins alone may call them, with JSON, which a browser
 * never sends for another site without asking first. Any other call is refused before it costs anything.
 */
import { settings } from '../config/environment.ts';
import { type CookieType, nameOf } from '../contract/cookie.ts';
import { fail, problems } from '../contract/errors.ts';
import { type ApiEvent, type Exchange, header, type Link } from './exchange.ts';

/** Gives the exchange the cookie that the contract declares. */
export function browserCookie(): Link {
  return {
    before: ({ event, context: { exchange } }) => {
      const { cookie } = exchange.called.endpoint;
      if (cookie === undefined) return;
      exchange.cookie = openCookie(event, cookie, pageOf(event));
    },
  };
}

/** The origin of the page that calls. */
function pageOf(event: ApiEvent): string {
  const origin = header(event, 'origin');
  const type = header(event, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  const isAllowed = origin !== undefined && settings.allowedOrigins().includes(origin);
  if (!isAllowed || type !== 'application/json') throw fail(problems.originRefused);
  return origin;
}

function openCookie(event: ApiEvent, declared: CookieType, origin: string): NonNullable<Exchange['cookie']> {
  // Development alone is served without TLS.
  const isSecure = origin.startsWith('https:');
  const name = nameOf(declared, isSecure);
  const attributes = [
    `Path=${declared.path}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(isSecure ? ['Secure'] : []),
  ];
  let answer: string | undefined;
  const write = (value: string, maxAgeSeconds: number) => {
    answer = [`${name}=${value}`, `Max-Age=${maxAgeSeconds}`, ...attributes].join('; ');
  };
  return {
    origin,
    value: valueOf(header(event, 'cookie'), name),
    set: write,
    clear: () => write('', 0),
    headers: () => ({
      'access-control-allow-credentials': 'true',
      ...(answer === undefined ? {} : { 'set-cookie': answer }),
    }),
  };
}

/** None when it is there twice: then another host of the same site has set one, and nobody knows which is ours. */
function valueOf(cookies: string | undefined, name: string): string | undefined {
  const found = (cookies ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  const value = found.length === 1 ? found[0]?.slice(name.length + 1) : undefined;
  return value === '' ? undefined : value;
}
