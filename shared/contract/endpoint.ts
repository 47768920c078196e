/**
 * An endpoint is declared once. The gateway's definition, the handler chain, the OpenAPI document, the
 * permission checks, the typed client and the negative tests are all derived from this declaration.
 */
import * as z from 'zod';
import type { CapabilityName } from '../config/capabilities.ts';
import type { MeterName, RateClass } from '../config/plans.ts';
import type { CookieType } from './cookie.ts';
import type { Dialect } from './dialect.ts';
import type { ProblemType } from './errors.ts';
import type { PlatformPermission, TenantPermission } from './permissions.ts';

/**
 * Who may call: anybody (`public`), any signed-in user about themselves (`user`), a member inside one tenant
 * (`tenant`), or the platform's own staff (`platform`).
 */
export type Plane = 'public' | 'user' | 'tenant' | 'platform';

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** What a call consumes of the plan's usage limits. */
export type Meter = Extract<MeterName, 'api_calls'>;

type Schema = z.ZodType;
type Fields = z.ZodObject;

type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

/** The permission a plane needs: tenant and platform endpoints must name one of their own catalogue. */
type PermissionFor<P extends Plane> = P extends 'tenant'
  ? { permission: TenantPermission }
  : P extends 'platform'
    ? { permission: PlatformPermission }
    : { permission?: never };

/** A path with parameters must describe exactly these; one without must not. */
type ParamsFor<Path extends string> = [PathNames<Path>] extends [never]
  ? { params?: never }
  : { params: { [Name in PathNames<Path>]: Schema } };

/**
 * A change says whether it needs an Idempotency-Key; a read never does, and a key belongs to a known caller. Putting the
 * same twice changes nothing, but is remembered twice: a key makes it one decision.
 */
type IdempotencyFor<P extends Plane, M extends Method> = P extends 'public'
  ? { idempotency?: never }
  : M extends 'POST' | 'PATCH'
    ? { idempotency: 'required' | 'optional' }
    : M extends 'PUT'
      ? { idempotency?: 'optional' }
      : { idempotency?: never };

type Declared<P extends Plane, M extends Method, Path extends string, Q, B, O extends Schema> = {
  plane: P;
  method: M;
  /** Whole-segment parameters only: `/v1/tenants/{id}`. */
  path: Path;
  summary: string;
  query?: Q;
  body?: B;
  output: O;
  /** Status of success; 200 unless told. */
  status?: 200 | 201 | 202 | 204;
  rate: RateClass;
  meter?: Meter;
  capability: CapabilityName;
  /** The cookie that it reads and sets; then pages of the allowed origins alone may call it. */
  cookie?: P extends 'public' ? CookieType : never;
  /**
   * Its operation waits for others longer than a transaction may stay open: it runs outside of any and opens short
   * ones itself, in the function `<module>.stream`, and may answer in server-sent events. A repeated call is told
   * that the first was made; answers like these are never kept.
   */
  streams?: P extends 'tenant' ? true : never;
  /** Whose protocol it speaks, where not ours: clients made for it find its errors in their own shape. */
  dialect?: P extends 'tenant' ? Dialect : never;
  /** Support may call it for the person whom it is about; on the tenant plane the permission says so. */
  whileImpersonating?: P extends 'user' ? true : never;
  /** The audit action of every successful call; the row is written in the operation's transaction. */
  audit?: P extends 'public' ? never : string;
  /** Secrets of the output that are shown in the first answer and never kept: a repeated call gets null instead. */
  shownOnce?: readonly (keyof z.output<O> & string)[];
  /** What the operation may answer beside the chain's own problems. */
  errors?: readonly ProblemType[];
  /** Requirement ids that this endpoint serves. */
  requirements: readonly [string, ...string[]];
} & PermissionFor<P> &
  ParamsFor<Path> &
  IdempotencyFor<P, M>;

type InputPart<T> = T extends Schema ? z.output<T> : unknown;
type WirePart<T> = T extends Schema ? z.input<T> : unknown;
type ParamsOf<Path extends string, Params> = [PathNames<Path>] extends [never]
  ? unknown
  : Params extends Record<string, Schema>
    ? { [Name in keyof Params]: z.output<Params[Name]> }
    : unknown;

/** A declared endpoint. `Input` is what the operation gets, `Wire` what a client sends, `Output` the answer. */
export type Endpoint<
  P extends Plane = Plane,
  Input = unknown,
  Wire = unknown,
  Output = unknown,
  Streams extends boolean = boolean,
> = EndpointFacts & {
  plane: P;
  streams: Streams;
  /** Types only; never present at run time. */
  readonly types?: { input: Input; wire: Wire; output: Output };
};

/** What is known of an endpoint at run time. */
export type EndpointFacts = {
  plane: Plane;
  method: Method;
  path: string;
  summary: string;
  params: Fields;
  query: Fields;
  body: Fields | undefined;
  output: Schema;
  status: number;
  permission: TenantPermission | PlatformPermission | undefined;
  rate: RateClass;
  meter: Meter | undefined;
  capability: CapabilityName;
  cookie: CookieType | undefined;
  streams: boolean;
  dialect: Dialect | undefined;
  whileImpersonating: boolean;
  audit: string | undefined;
  idempotency: 'required' | 'optional' | undefined;
  shownOnce: readonly string[];
  errors: readonly ProblemType[];
  requirements: readonly string[];
};

/**
 * Declares an endpoint. Parameters, query and body become one flat input, so their names must differ; unknown
 * fields are refused.
 * @throws TypeError for a declaration that the types could not reject
 */
export function endpoint<
  const P extends Plane,
  const M extends Method,
  const Path extends string,
  O extends Schema,
  Q extends Fields | undefined = undefined,
  B extends Fields | undefined = undefined,
  const D extends Declared<P, M, Path, Q, B, O> = Declared<P, M, Path, Q, B, O>,
>(
  definition: Declared<P, M, Path, Q, B, O> & D,
): Endpoint<
  P,
  ParamsOf<Path, D['params']> & InputPart<Q> & InputPart<B>,
  { [Name in PathNames<Path>]: string } & WirePart<Q> & WirePart<B>,
  z.output<O>,
  D['streams'] extends true ? true : false
> {
  const facts: EndpointFacts = {
    plane: definition.plane,
    method: definition.method,
    path: definition.path,
    summary: definition.summary,
    params: z.object(definition.params ?? {}),
    query: definition.query?.strict() ?? z.strictObject({}),
    body: definition.body?.strict(),
    output: definition.output,
    status: definition.status ?? 200,
    permission: definition.permission,
    rate: definition.rate,
    meter: definition.meter,
    capability: definition.capability,
    cookie: definition.cookie,
    streams: definition.streams ?? false,
    dialect: definition.dialect,
    whileImpersonating: definition.whileImpersonating ?? definition.plane === 'tenant',
    audit: definition.audit,
    idempotency: definition.idempotency,
    shownOnce: definition.shownOnce ?? [],
    errors: definition.errors ?? [],
    requirements: definition.requirements,
  };
  assertSound(facts);
  return Object.freeze(facts) as ReturnType<typeof endpoint<P, M, Path, O, Q, B, D>>;
}

/** Names of the parameters in a path template. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}

function assertSound(facts: EndpointFacts): void {
  const where = `${facts.method} ${facts.path}`;
  const named = pathParameters(facts.path);
  const fields = [
    ...Object.keys(facts.params.shape),
    ...Object.keys(facts.query.shape),
    ...Object.keys(facts.body?.shape ?? {}),
  ];
  const twice = fields.filter((name, index) => fields.indexOf(name) !== index);
  if (!/^\/v\d+(\/([a-z][a-z-]*|\{\w+\}))+$/.test(facts.path)) {
    throw new TypeError(`${where}: a path is /v1 followed by lower-case segments or whole {parameters}`);
  }
  if (named.sort().join() !== Object.keys(facts.params.shape).sort().join()) {
    throw new TypeError(`${where}: params must describe exactly the parameters of the path`);
  }
  if (twice.length > 0) throw new TypeError(`${where}: ${twice.join()} is named twice in the input`);
  if (facts.cookie !== undefined && !isUnder(facts, facts.cookie)) {
    throw new TypeError(
      `${where}: its cookie is sent to POST below ${facts.cookie.path} with a JSON body only`,
    );
  }
  if (facts.body !== undefined && facts.method === 'GET') {
    throw new TypeError(`${where}: a GET has no body`);
  }
  if (facts.streams && facts.shownOnce.length > 0) {
    throw new TypeError(`${where}: an answer that streams is never kept, so nothing of it is shown once`);
  }
  const wants = facts.plane === 'tenant' || facts.plane === 'platform';
  if (wants && facts.permission === undefined) {
    throw new TypeError(
      `${where}: the ${facts.plane} plane needs a permission: write permission: '…' in the declaration, with ` +
        `one of ${facts.plane}Permissions in shared/contract/permissions.ts`,
    );
  }
  if (!wants && facts.permission !== undefined) {
    throw new TypeError(`${where}: the ${facts.plane} plane takes no permission: nobody could hold it`);
  }
  if (facts.permission?.startsWith('platform:') !== (wants ? facts.plane === 'platform' : undefined)) {
    throw new TypeError(`${where}: ${facts.permission} belongs to the other plane`);
  }
  const kept = facts.shownOnce.filter((name) => !isNullable(facts.output, name));
  if (kept.length > 0) {
    throw new TypeError(`${where}: ${kept.join()} is shown once, so the output must allow null for it`);
  }
  const cited: readonly string[] | undefined = facts.requirements;
  if (cited === undefined || cited.length === 0) {
    throw new TypeError(
      `${where}: serves no requirement: write requirements: ['…'] in the declaration, with an id of ` +
        'shared/contract/requirements.ts',
    );
  }
}

function isNullable(output: Schema, name: string): boolean {
  const field: unknown = output instanceof z.ZodObject ? output.shape[name] : undefined;
  return field instanceof z.ZodType && field.safeParse(null).success;
}

/** A browser sends the cookie there, and asks before it does so for another site. */
function isUnder({ method, path, body }: EndpointFacts, cookie: CookieType): boolean {
  return method === 'POST' && body !== undefined && `${path}/`.startsWith(`${cookie.path}/`);
}

/** What the operation of an endpoint gets. */
export type InputOf<E> = E extends Endpoint<Plane, infer Input> ? Input : never;

/** What a client sends to an endpoint, flat. */
export type WireOf<E> = E extends Endpoint<Plane, unknown, infer Wire> ? Wire : never;

/** What an endpoint answers. */
export type OutputOf<E> = E extends Endpoint<Plane, unknown, unknown, infer Output> ? Output : never;

/** Whether an endpoint's operation runs outside of transactions. */
export type StreamsOf<E> = E extends { streams: true } ? true : false;

/** The plane of an endpoint. */
export type PlaneOf<E> = E extends Endpoint<infer P> ? P : never;
