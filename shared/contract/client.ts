/** The typed client: every endpoint of the registry as a function, its types inferred from the contract. */
import { type Endpoint, type EndpointFacts, type OutputOf, pathParameters, type WireOf } from './endpoint.ts';
import { type ProblemBody, problemSchema } from './errors.ts';
import type { Module } from './module.ts';

/** Where and as whom the client calls; `fetch` may be replaced. */
export type ClientOptions = {
  baseUrl: string;
  accessToken?: () => string | undefined | Promise<string | undefined>;
  tenantId?: () => string | undefined;
  fetch?: typeof fetch;
};

/** Per call: an Idempotency-Key of the caller's own (a random one otherwise) and a signal to abort. */
export type CallOptions = { idempotencyKey?: string; signal?: AbortSignal };

/** A refusal by the service, with the problem it answered. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: ProblemBody | undefined;

  constructor(status: number, body: ProblemBody | undefined) {
    super(body === undefined ? `HTTP ${status}` : `${body.code}: ${body.detail ?? body.title}`);
    this.name = 'ApiError';
    this.status = status;
    this.problem = body;
  }
}

type Call<E> = (input: WireOf<E>, options?: CallOptions) => Promise<OutputOf<E>>;

/** One function per endpoint, grouped by module name. */
export type Client<Modules extends Readonly<Record<string, Module>>> = {
  [M in keyof Modules]: { [Name in keyof Modules[M]['contract']]: Call<Modules[M]['contract'][Name]> };
};

/**
 * A client of these modules: `createClient({ tenancy }, { baseUrl }).tenancy.create({ … })`.
 * @throws ApiError (from each call) when the service refuses
 */
export function createClient<const Modules extends Readonly<Record<string, Module>>>(
  modules: Modules,
  options: ClientOptions,
): Client<Modules> {
  const groups = Object.entries(modules).map(([key, owner]) => {
    const calls = Object.entries(owner.contract).map(
      ([name, endpoint]) =>
        [
          name,
          (input: Record<string, unknown>, call: CallOptions = {}) => send(endpoint, input, options, call),
        ] as const,
    );
    return [key, Object.fromEntries(calls)] as const;
  });
  // Built from the same declarations that the type is inferred from.
  return Object.fromEntries(groups) as unknown as Client<Modules>;
}

async function send(
  endpoint: Endpoint,
  input: Record<string, unknown>,
  options: ClientOptions,
  call: CallOptions,
): Promise<unknown> {
  const token = await options.accessToken?.();
  const tenant = options.tenantId?.();
  const body = endpoint.body === undefined ? undefined : pick(input, Object.keys(endpoint.body.shape));
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(tenant === undefined || endpoint.plane !== 'tenant' ? {} : { 'x-tenant-id': tenant }),
    ...(endpoint.idempotency === undefined
      ? {}
      : { 'idempotency-key': call.idempotencyKey ?? crypto.randomUUID() }),
  };
  const answer = await (options.fetch ?? fetch)(urlOf(endpoint, input, options.baseUrl), {
    method: endpoint.method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    // Browsers leave cookies out of calls to another host unless they are told.
    ...(endpoint.cookie === undefined ? {} : { credentials: 'include' as const }),
  });
  const text = await answer.text();
  if (answer.ok) return text === '' ? undefined : (JSON.parse(text) as unknown);
  throw new ApiError(answer.status, problemOf(text));
}

function urlOf(endpoint: EndpointFacts, input: Record<string, unknown>, baseUrl: string): string {
  const path = pathParameters(endpoint.path).reduce(
    (filled, name) => filled.replace(`{${name}}`, encodeURIComponent(asText(input[name]))),
    endpoint.path,
  );
  const url = new URL(baseUrl.replace(/\/$/, '') + path);
  for (const [name, value] of Object.entries(pick(input, Object.keys(endpoint.query.shape)))) {
    if (value !== undefined) url.searchParams.set(name, asText(value));
  }
  return url.href;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function pick(input: Record<string, unknown>, names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => name in input).map((name) => [name, input[name]]));
}

function problemOf(text: string): ProblemBody | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
