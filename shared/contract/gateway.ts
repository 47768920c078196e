/**
 * The document API Gateway is built from: OpenAPI 3.0.1 (it refuses 3.1) with paths, required parameters and
 * integrations. No schemas: bodies are validated by zod after authentication, never by the gateway before it.
 */
import type { z } from 'zod';
import type { Method } from './endpoint.ts';
import { pathParameters } from './endpoint.ts';
import { type ProblemType, problem, problems } from './errors.ts';
import { endpointsOf, type Module, type RegisteredEndpoint } from './module.ts';
import { longestStreamSeconds } from './stream.ts';

/** What the document needs to know of where it will run. */
export type GatewayOptions = {
  title: string;
  /** The invocation address of an endpoint; a function of the endpoint, so that one may stream. */
  uri: (called: RegisteredEndpoint) => string;
  /** Origins that browsers may call from; the first stands on the gateway's own errors. */
  allowedOrigins: readonly [string, ...string[]];
};

export type GatewayParameter = {
  name: string;
  in: 'path' | 'query';
  required: true;
  schema: { type: 'string' };
};

/** A method of a path, as the gateway imports it. */
export type GatewayOperation = {
  operationId?: string;
  parameters?: GatewayParameter[];
  responses: Record<string, unknown>;
  'x-amazon-apigateway-integration': {
    type: 'aws_proxy' | 'mock';
    httpMethod?: 'POST';
    uri?: string;
    passthroughBehavior: 'when_no_match';
    responseTransferMode?: 'STREAM';
    timeoutInMillis?: number;
    requestTemplates?: Record<string, string>;
    responses?: Record<string, unknown>;
  };
};

export type GatewayDocument = {
  openapi: '3.0.1';
  info: { title: string; version: string };
  paths: Record<string, Record<string, GatewayOperation>>;
  'x-amazon-apigateway-request-validators': Record<string, unknown>;
  'x-amazon-apigateway-request-validator': string;
  'x-amazon-apigateway-gateway-responses': Record<string, unknown>;
};

/** Headers that a browser may send to the API. */
export const allowedHeaders = [
  'authorization',
  'content-type',
  'idempotency-key',
  'x-tenant-id',
  'plinth-impersonate',
  'x-device-id',
  'x-app-version',
  'traceparent',
];

/**
 * The gateway's document of these modules.
 * @throws TypeError when two paths name the parameter at one place differently, which the gateway refuses
 */
export function gatewayDocument(modules: readonly Module[], options: GatewayOptions): GatewayDocument {
  const byPath = Map.groupBy(endpointsOf(modules), (called) => called.endpoint.path);
  assertOneNamePerPlace([...byPath.keys()]);
  return {
    openapi: '3.0.1',
    info: { title: options.title, version: '1' },
    paths: Object.fromEntries(
      [...byPath].map(([path, endpoints]) => [
        path,
        {
          ...Object.fromEntries(
            endpoints.map((called) => [called.endpoint.method.toLowerCase(), operation(called, options)]),
          ),
          options: preflight(
            endpoints.map((called) => called.endpoint.method),
            options.allowedOrigins,
            endpoints.some((called) => called.endpoint.cookie !== undefined),
          ),
        },
      ]),
    ),
    'x-amazon-apigateway-request-validators': {
      parameters: { validateRequestParameters: true, validateRequestBody: false },
    },
    'x-amazon-apigateway-request-validator': 'parameters',
    'x-amazon-apigateway-gateway-responses': gatewayResponses(options.allowedOrigins[0]),
  };
}

/** How many resources the gateway makes of these paths; its quota is 300. */
export function countPathResources(paths: readonly string[]): number {
  return new Set(paths.flatMap(prefixes)).size;
}

function operation(called: RegisteredEndpoint, options: GatewayOptions): GatewayOperation {
  return {
    operationId: called.operationId,
    parameters: requiredParameters(called),
    responses: { default: { description: called.endpoint.summary } },
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      // Lambda is always invoked by POST, whatever the method of the request.
      httpMethod: 'POST',
      uri: options.uri(called),
      passthroughBehavior: 'when_no_match',
      ...(called.endpoint.streams
        ? { responseTransferMode: 'STREAM', timeoutInMillis: longestStreamSeconds * 1_000 }
        : {}),
    },
  };
}

function requiredParameters({ endpoint }: RegisteredEndpoint): GatewayParameter[] {
  const fields: Record<string, z.ZodType> = endpoint.query.shape;
  const required = Object.entries(fields).filter(([, field]) => !field.safeParse(undefined).success);
  return [
    ...pathParameters(endpoint.path).map((name) => parameter(name, 'path')),
    ...required.map(([name]) => parameter(name, 'query')),
  ];
}

function parameter(name: string, place: 'path' | 'query'): GatewayParameter {
  return { name, in: place, required: true, schema: { type: 'string' } };
}

/** Answers a browser's preflight without waking a function. */
function preflight(
  methods: Method[],
  origins: readonly [string, ...string[]],
  takesCookie: boolean,
): GatewayOperation {
  const headers = {
    'Access-Control-Allow-Origin': origins[0],
    'Access-Control-Allow-Methods': [...methods, 'OPTIONS'].join(','),
    'Access-Control-Allow-Headers': allowedHeaders.join(','),
    'Access-Control-Max-Age': '600',
    ...(takesCookie ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
    Vary: 'Origin',
  };
  return {
    responses: {
      '204': {
        description: 'Preflight',
        headers: Object.fromEntries(
          Object.keys(headers).map((name) => [name, { schema: { type: 'string' } }]),
        ),
      },
    },
    'x-amazon-apigateway-integration': {
      type: 'mock',
      passthroughBehavior: 'when_no_match',
      requestTemplates: { 'application/json': '{"statusCode":204}' },
      responses: {
        default: {
          statusCode: '204',
          responseParameters: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, `'${value}'`]),
          ),
          ...(origins.length === 1 ? {} : { responseTemplates: { 'application/json': reflect(origins) } }),
        },
      },
    },
  };
}

/** A mapping template that answers with the caller's own origin when it is one of several allowed ones. */
function reflect(origins: readonly string[]): string {
  const known = origins.map((origin) => `$origin == "${origin}"`).join(' || ');
  const answer = '#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)';
  return `#set($origin = $input.params().header.get("origin"))\n#if($origin == "")#set($origin = $input.params().header.get("Origin"))#end\n#if(${known})${answer}#end`;
}

const unsupportedMediaType = problem(
  'request.unsupported_media_type',
  415,
  'The media type is not supported.',
);

/** What the gateway answers on its own, in the shape of every other problem. */
const ownAnswers: Record<string, ProblemType> = {
  DEFAULT_4XX: problems.invalidInput,
  DEFAULT_5XX: problems.internal,
  BAD_REQUEST_PARAMETERS: problems.invalidInput,
  BAD_REQUEST_BODY: problems.invalidInput,
  // The gateway's name for an unknown path or method.
  MISSING_AUTHENTICATION_TOKEN: problems.notFound,
  RESOURCE_NOT_FOUND: problems.notFound,
  UNAUTHORIZED: problems.unauthenticated,
  ACCESS_DENIED: problems.forbidden,
  WAF_FILTERED: problems.forbidden,
  REQUEST_TOO_LARGE: problems.payloadTooLarge,
  UNSUPPORTED_MEDIA_TYPE: unsupportedMediaType,
  THROTTLED: problems.rateLimited,
  QUOTA_EXCEEDED: problems.rateLimited,
  INTEGRATION_FAILURE: problems.unavailable,
  INTEGRATION_TIMEOUT: problems.unavailable,
};

function gatewayResponses(origin: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(ownAnswers).map(([name, declared]) => [
      name,
      {
        statusCode: String(declared.status),
        responseParameters: {
          'gatewayresponse.header.Content-Type': "'application/problem+json'",
          'gatewayresponse.header.Access-Control-Allow-Origin': `'${origin}'`,
          'gatewayresponse.header.Vary': "'Origin'",
        },
        responseTemplates: { 'application/json': problemTemplate(name, declared) },
      },
    ]),
  );
}

function problemTemplate(name: string, declared: ProblemType): string {
  const body = JSON.stringify({
    type: `urn:plinth:problem:${declared.code}`,
    code: declared.code,
    title: declared.title,
    status: declared.status,
    instance: '$context.requestId',
  });
  // messageString comes quoted and escaped; it names the parameter that is missing.
  return name === 'BAD_REQUEST_PARAMETERS'
    ? body.replace(/\}$/, ',"detail":$context.error.messageString}')
    : body;
}

function assertOneNamePerPlace(paths: readonly string[]): void {
  const named = new Map<string, string>();
  for (const resource of paths.flatMap(prefixes)) {
    const last = resource.slice(resource.lastIndexOf('/') + 1);
    if (!last.startsWith('{')) continue;
    const place = resource.slice(0, -last.length);
    const first = named.get(place) ?? last;
    if (first !== last)
      throw new TypeError(`${place} is followed by both ${first} and ${last}; choose one name`);
    named.set(place, first);
  }
}

function prefixes(path: string): string[] {
  const parts = path.split('/').slice(1);
  return parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`);
}
