/** Requests that are hostile as such: too large, too deep, not what they claim to be. */
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import { newId } from '#shared/contract/ids.ts';
import type { HttpRequest } from '../support/http.ts';

/** A hostile request; `statuses` are the answers that are right for it, any below 500 where it is left out. */
export type Hostile = { what: string; request: HttpRequest; statuses?: readonly number[] };

const megabyte = 1024 * 1024;

/**
 * Hostile variants of a request that would succeed.
 * @param good its method, path, headers and body
 */
export function hostileVariants(endpoint: EndpointFacts, good: HttpRequest): Hostile[] {
  const body = endpoint.body === undefined ? [] : bodies(good);
  return [...paths(endpoint, good), ...headersOf(good), ...body];
}

function paths(endpoint: EndpointFacts, good: HttpRequest): Hostile[] {
  const at = (what: string, path: string, statuses?: number[]): Hostile => ({
    what,
    request: { ...good, path },
    ...(statuses === undefined ? {} : { statuses }),
  });
  const [path = '', query] = good.path.split('?');
  const join = (more: string) => `${path}?${query === undefined ? '' : `${query}&`}${more}`;
  const isPublic = endpoint.plane === 'public';
  return [
    at('query __proto__', join('__proto__=1'), [400]),
    at('query constructor, twice', join('constructor=1&constructor=2'), [400]),
    at('query toString', join('toString=x'), [400]),
    at('a parameter twice', join('limit=1&limit=2'), [400]),
    at('a broken escape', join('a=%E0%A4%A&%=%'), [400]),
    at('a query of 6 kB', join(`a=${'x'.repeat(6_000)}`), [400]),
    at('500 parameters', join(Array.from({ length: 500 }, (_each, index) => `p${index}=1`).join('&')), [400]),
    at('a path that climbs', `${path}/../../../etc/passwd`, isPublic ? [403, 404] : [401, 403, 404]),
    at('a path with an escaped slash', `${path}%2f..%2f..`, [400, 403, 404]),
    at('a path with a broken escape', `${path}/%E0%A4%A`, [400, 403, 404, 405]),
    at('a path with a NUL', `${path}/%00`, [400, 403, 404]),
    at('an absolute address', `http://169.254.169.254${path}`),
  ];
}

function headersOf(good: HttpRequest): Hostile[] {
  const having = (what: string, headers: HttpRequest['headers'], statuses?: number[]): Hostile => ({
    what,
    request: { ...good, headers: { ...good.headers, ...headers } },
    ...(statuses === undefined ? {} : { statuses }),
  });
  const many = Array.from({ length: 150 }, (_each, index) => [`x-h-${index}`, 'v'] as const);
  return [
    having('a header of 9 kB', { 'x-long': 'x'.repeat(9_000) }),
    having('a header of 40 kB', { 'x-long': 'x'.repeat(40_000) }, [400, 413, 431]),
    having('150 headers', Object.fromEntries(many)),
    having('a header named constructor', { constructor: 'x', toString: 'y', ['valueOf']: 'z' }),
    having('a method override', { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' }),
    having('another host', { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }),
    having('two tenants', { 'x-tenant-id': [newId('tenant'), newId('tenant')] }),
    having('a traceparent that is none', { traceparent: 'x'.repeat(3_000) }),
    having('a user agent in Latin-1', { 'user-agent': '\xe9\xff'.repeat(400) }),
  ];
}

function bodies(good: HttpRequest): Hostile[] {
  const text = String(good.body);
  const [first = '""'] = Object.keys(JSON.parse(text) as object);
  const sent = (what: string, body: string | Buffer, statuses?: number[], type?: string): Hostile => ({
    what,
    request: {
      ...good,
      body,
      headers: { ...good.headers, ...(type === undefined ? {} : { 'content-type': type }) },
    },
    ...(statuses === undefined ? {} : { statuses }),
  });
  const within = (value: string) => `{${JSON.stringify(first)}:${value}}`;
  const deep = 100_000;
  const untyped = sent('no content type', text, [400]);
  const { 'content-type': _type, ...otherHeaders } = untyped.request.headers;
  untyped.request.headers = otherHeaders;
  return [
    untyped,
    sent('11 MB', Buffer.alloc(11 * megabyte, 0x20), [413]),
    sent('8 MB in one field', within(`"${'x'.repeat(8 * megabyte)}"`), [413]),
    sent('2 MB in one field', within(`"${'x'.repeat(2 * megabyte)}"`), [400]),
    sent('arrays 100,000 deep', `${'['.repeat(deep)}${']'.repeat(deep)}`, [400]),
    sent('objects 100,000 deep', within(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`), [400]),
    sent(
      '100,000 keys',
      `{${Array.from({ length: deep }, (_each, index) => `"k${index}":1`).join(',')}}`,
      [400],
    ),
    sent('brackets that never close', '['.repeat(deep), [400]),
    sent('invalid UTF-8', Buffer.from(within('"\xff\xfe\xc0\xaf"'), 'latin1')),
    sent('UTF-16', Buffer.from(text, 'utf16le'), [400]),
    sent('a byte order mark', `\ufeff${text}`),
    sent('cut off', text.slice(0, -1), [400]),
    sent('something after it', `${text}x`, [400]),
    sent('no body', '', [400]),
    sent('NUL in a text', within('"a\\u0000b"'), [400]),
    sent('half a surrogate pair', within('"a\\ud800b"'), [400]),
    sent('a number without end', within('1e999'), [400]),
    sent('a prototype', `${text.slice(0, -1)},"__proto__":{"role":"owner"}}`, [400]),
    sent('a constructor', `${text.slice(0, -1)},"constructor":{"prototype":{"a":1}}}`, [400]),
    sent('a form', 'name=x&role=owner', [400], 'application/x-www-form-urlencoded'),
    sent('JSON as text', text, [400], 'text/plain'),
    sent('JSON as a file', text, [400], 'application/octet-stream'),
    sent('a type that is none', text, [400], '/'),
    sent('multipart', `--b\r\n\r\n${text}\r\n--b--`, [400], 'multipart/form-data; boundary=b'),
    {
      what: 'compressed, it says',
      request: { ...good, headers: { ...good.headers, 'content-encoding': 'gzip' } },
    },
  ];
}
