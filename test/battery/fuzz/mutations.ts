/** Requests that are wrong in one place: what a careless or malicious client sends instead of a valid input. */
import fc, { type Arbitrary } from 'fast-check';
import { type EndpointFacts, pathParameters } from '#shared/contract/endpoint.ts';
import type { HttpRequest } from '../support/http.ts';

/** A request in its parts; what the parts say need not be what the contract wants. */
export type Parts = {
  params: Record<string, string>;
  query: [string, string][];
  /** Absent where the endpoint takes none. */
  body?: unknown;
  headers: Record<string, string | string[]>;
};

/** How a part is made wrong; `what` is for the report. */
export type Mutation = { what: string; apply: (parts: Parts) => Parts };

/** Mutations that make sense for an endpoint. */
export function mutationsOf(endpoint: EndpointFacts): Arbitrary<Mutation> {
  const params = pathParameters(endpoint.path);
  const queries = Object.keys(endpoint.query.shape);
  const fields = Object.keys(endpoint.body?.shape ?? {});
  return fc.oneof(
    { weight: 2, arbitrary: headerMutation() },
    { weight: 2, arbitrary: unknownQuery() },
    ...(params.length === 0 ? [] : [{ weight: 4, arbitrary: paramMutation(params) }]),
    ...(queries.length === 0 ? [] : [{ weight: 6, arbitrary: queryMutation(queries) }]),
    ...(endpoint.body === undefined
      ? []
      : [
          { weight: 2, arbitrary: wholeBody() },
          { weight: 2, arbitrary: unknownField() },
        ]),
    ...(fields.length === 0 ? [] : [{ weight: 8, arbitrary: fieldMutation(fields) }]),
  );
}

/** The request of some parts. */
export function assemble(endpoint: EndpointFacts, { params, query, body, headers }: Parts): HttpRequest {
  const path = pathParameters(endpoint.path).reduce(
    (filled, name) => filled.replace(`{${name}}`, () => encode(params[name] ?? '')),
    endpoint.path,
  );
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const text =
    endpoint.body === undefined ? undefined : body instanceof Raw ? body.text : JSON.stringify(body);
  return {
    method: endpoint.method,
    path: search === '' ? path : `${path}?${search}`,
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(text === undefined ? {} : { body: text }),
  };
}

/** A body that no JSON value stringifies to. */
export class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const texts: Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...['', ' ', 'null', 'undefined', 'NaN', 'true', '-1', '0', '1.5', '101', '1e3', '1e999', '0x10', '٣'],
    ...[
      '\0',
      'a\0b',
      '\u{ffff}',
      '\u202e',
      "' or 1=1 --",
      '<svg/onload=alert(1)>',
      '../..',
      '%00',
      '%',
      '__proto__',
    ],
    ...['x'.repeat(101), 'x'.repeat(501), 'é'.repeat(1_000), '2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z'],
    ...['2026-11-21', '+275760-09-13T00:00:00.001Z', '9999-12-31T23:59:60Z', 'W10', 'WyIyMDI2IiwieCJd'],
  ),
);

const values: Arbitrary<unknown> = fc.oneof(
  texts,
  fc.constantFrom<unknown>(null, true, false, 0, -1, -0, 1.5, 2 ** 53, 1e308, [], {}, [[]], { a: { b: [] } }),
  // A surrogate without its partner is JSON, and no text.
  fc.constantFrom('\ud800', 'a\udfffb', 'x\ud83d'),
  fc.constantFrom<unknown>(['owner'], { toString: 'owner' }, { $ne: null }, { length: 5 }),
  fc.jsonValue(),
);

const names = fc.constantFrom(
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'then',
    'extra',
    'id',
  ],
  ...['tenantId', 'tenant_id', 'role', 'isAdmin', '', ' ', 'a.b', 'a[b]', 'limit[]', 'é', '0'],
);

function paramMutation(params: string[]): Arbitrary<Mutation> {
  const wrong = fc.oneof(
    // Without its last segment a path is another endpoint's.
    texts.filter((text) => text !== ''),
    fc.uuid(),
    fc.uuid().map((uuid) => `usr_${uuid.toUpperCase()}`),
    fc.tuple(fc.constantFrom('ten', 'usr', 'inv', 'aud', 'TEN', ''), fc.uuid()).map((both) => both.join('_')),
  );
  return fc.tuple(fc.constantFrom(...params), wrong).map(([name, value]) => ({
    what: `path.${name} = ${show(value)}`,
    apply: (parts) => ({ ...parts, params: { ...parts.params, [name]: value } }),
  }));
}

function queryMutation(queries: string[]): Arbitrary<Mutation> {
  const without = (parts: Parts, name: string) => parts.query.filter(([other]) => other !== name);
  return fc.tuple(fc.constantFrom(...queries), texts, fc.boolean()).map(([name, value, twice]) => ({
    what: `query.${name} = ${show(value)}${twice ? ', twice' : ''}`,
    apply: (parts) => ({
      ...parts,
      query: [...without(parts, name), [name, value], ...(twice ? [[name, value] as [string, string]] : [])],
    }),
  }));
}

function unknownQuery(): Arbitrary<Mutation> {
  return fc.tuple(names, texts).map(([name, value]) => ({
    what: `query.${name} = ${show(value)}`,
    apply: (parts) => ({ ...parts, query: [...parts.query, [name, value]] }),
  }));
}

function fieldMutation(fields: string[]): Arbitrary<Mutation> {
  const change = fc.oneof(
    { weight: 1, arbitrary: fc.constant({ gone: true, value: undefined }) },
    { weight: 6, arbitrary: values.map((value) => ({ gone: false, value })) },
  );
  return fc.tuple(fc.constantFrom(...fields), change).map(([name, { gone, value }]) => ({
    what: gone ? `body.${name} left out` : `body.${name} = ${show(value)}`,
    apply: (parts) => {
      const { [name]: _old, ...others } = parts.body as Record<string, unknown>;
      return { ...parts, body: gone ? others : { ...others, [name]: value } };
    },
  }));
}

function unknownField(): Arbitrary<Mutation> {
  return fc.tuple(names, values).map(([name, value]) => ({
    what: `body.${name} = ${show(value)}`,
    apply: (parts) => {
      // Written out, because an object literal takes `__proto__` for something else.
      const own = JSON.stringify(parts.body).slice(1, -1);
      const added = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
      return { ...parts, body: new Raw(`{${own === '' ? added : `${own},${added}`}}`) };
    },
  }));
}

function wholeBody(): Arbitrary<Mutation> {
  const raw = fc.constantFrom(
    ...[
      '',
      ' ',
      '{',
      '}',
      'null',
      '[]',
      '"text"',
      '0',
      'true',
      '{}',
      '[{}]',
      'undefined',
      "{'a':1}",
      '{"a":1,}',
    ],
    ...['\ufeff{}', '{"a":1e999}', '{}{}', '{"\\u0000":1}', '// no\n{}', 'a=1&b=2', '<a/>'],
  );
  return raw.map((text) => ({
    what: `body ${show(text)}`,
    apply: (parts) => ({ ...parts, body: new Raw(text) }),
  }));
}

function headerMutation(): Arbitrary<Mutation> {
  // What a header may hold is decided by HTTP: anything else would not leave this machine.
  const value = fc.oneof(
    fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      maxLength: 60,
    }),
    fc.constantFrom(
      '',
      ' ',
      'é\xff',
      '\t',
      'x'.repeat(201),
      'x'.repeat(4_000),
      '%00',
      '${7*7}',
      'a, b',
      '"',
      "'--",
    ),
  );
  const name = fc.constantFrom(
    ...[
      'idempotency-key',
      'traceparent',
      'user-agent',
      'accept',
      'origin',
      'x-forwarded-for',
      'x-request-id',
    ],
    ...[
      'content-language',
      'cookie',
      'x-http-method-override',
      'constructor',
      '__proto__',
      'tostring',
      'referer',
    ],
  );
  return fc.tuple(name, value, fc.boolean()).map(([header, text, twice]) => ({
    what: `header ${header}: ${show(text)}${twice ? ', twice' : ''}`,
    apply: (parts) => ({ ...parts, headers: withHeader(parts.headers, header, twice ? [text, text] : text) }),
  }));
}

/** Defined, not assigned: one of the names is `__proto__`. */
function withHeader(headers: Parts['headers'], name: string, value: string | string[]): Parts['headers'] {
  return Object.defineProperty({ ...headers }, name, { value, enumerable: true });
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}
