/** A request to an endpoint of the registry, from a flat input as the contract declares it. */
import { randomUUID } from 'node:crypto';
import { type EndpointFacts, pathParameters } from '#shared/contract/endpoint.ts';
import type { HttpRequest } from './http.ts';

/** Everything a caller may say; what is left out is not sent. */
export type Call = {
  endpoint: EndpointFacts;
  input?: Record<string, unknown>;
  token?: string;
  tenantId?: string;
  /** A random one where the contract requires one, unless told. */
  idempotencyKey?: string;
  /** Beside, or instead of, the usual ones. */
  headers?: Record<string, string>;
};

/** What goes over the wire. */
export function requestOf({
  endpoint,
  input = {},
  token,
  tenantId,
  idempotencyKey,
  headers,
}: Call): HttpRequest {
  const of = (shape: object) => Object.entries(input).filter(([name]) => Object.hasOwn(shape, name));
  const query = new URLSearchParams(
    of(endpoint.query.shape)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, asText(value)]),
  ).toString();
  const path = pathParameters(endpoint.path).reduce(
    (filled, name) => filled.replace(`{${name}}`, encodeURIComponent(asText(input[name]))),
    endpoint.path,
  );
  const key = idempotencyKey ?? (endpoint.idempotency === 'required' ? randomUUID() : undefined);
  const body =
    endpoint.body === undefined ? undefined : JSON.stringify(Object.fromEntries(of(endpoint.body.shape)));
  return {
    method: endpoint.method,
    path: query === '' ? path : `${path}?${query}`,
    headers: {
      ...asProblems(endpoint),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(tenantId === undefined ? {} : { 'x-tenant-id': tenantId }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  };
}

/** Endpoints of another's dialect answer as the others do to those who say that they understand it. */
export function asProblems({ dialect }: EndpointFacts): Record<string, string> {
  return dialect === undefined ? {} : { accept: 'application/json, application/problem+json' };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
