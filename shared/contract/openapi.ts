/** The OpenAPI 3.1 document for people and clients, derived from the registry. */
import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { type CookieType, nameOf } from './cookie.ts';
import type { EndpointFacts } from './endpoint.ts';
import { type ProblemType, problems, problemSchema } from './errors.ts';
import { endpointsOf, type Module, type RegisteredEndpoint } from './module.ts';

/** The document of these modules. */
export function openApiDocument(modules: readonly Module[], version: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const called of endpointsOf(modules)) {
    const path = (paths[called.endpoint.path] ??= {});
    path[called.endpoint.method.toLowerCase() as Lowercase<EndpointFacts['method']>] = operationOf(called);
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Plinth',
      version,
      description:
        'Errors are RFC 9457 problem+json. Lists are paged by cursor. Limits answer with RateLimit headers.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: modules.map((owner) => ({ name: owner.name, description: owner.summary })),
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Access token of the user pool',
        },
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'plk_(live|test)_…',
          description: 'API key of the tenant; x-tenant-id may be left out',
        },
      },
    },
    paths,
  });
}

function operationOf({ module, operationId, endpoint }: RegisteredEndpoint): ZodOpenApiOperationObject {
  const headers = requestHeaders(endpoint);
  return {
    operationId,
    summary: endpoint.summary,
    tags: [module],
    security: credentialsOf(endpoint),
    requestParams: {
      ...(Object.keys(endpoint.params.shape).length === 0 ? {} : { path: endpoint.params }),
      ...(Object.keys(endpoint.query.shape).length === 0 ? {} : { query: endpoint.query }),
      ...(headers === undefined ? {} : { header: headers }),
      ...(endpoint.cookie === undefined ? {} : { cookie: cookieOf(endpoint.cookie) }),
    },
    ...(endpoint.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: endpoint.body } } } }),
    responses: { [String(endpoint.status)]: successOf(endpoint), ...problemsOf(endpoint) },
    'x-plinth-plane': endpoint.plane,
    ...(endpoint.permission === undefined ? {} : { 'x-plinth-permission': endpoint.permission }),
    'x-plinth-capability': endpoint.capability,
    'x-plinth-requirements': [...endpoint.requirements],
  };
}

/** What a caller may show: any one of these. */
function credentialsOf({ plane }: EndpointFacts): Record<string, string[]>[] {
  if (plane === 'public') return [];
  return [{ accessToken: [] }, ...(plane === 'tenant' ? [{ apiKey: [] }] : [])];
}

function requestHeaders(endpoint: EndpointFacts): z.ZodObject | undefined {
  const fields: Record<string, z.ZodType> = {};
  if (endpoint.plane === 'tenant') {
    fields['x-tenant-id'] = z
      .string()
      .optional()
      .describe('Which of the caller’s tenants; the default one unless told');
  }
  if (endpoint.whileImpersonating) {
    fields['plinth-impersonate'] = z
      .string()
      .optional()
      .describe('Of support: the consent under which it acts for a member');
  }
  if (endpoint.idempotency !== undefined) {
    const key = z.string().max(200).describe('Makes repeating the call safe');
    fields['idempotency-key'] = endpoint.idempotency === 'required' ? key : key.optional();
  }
  return Object.keys(fields).length === 0 ? undefined : z.object(fields);
}

function cookieOf(declared: CookieType): z.ZodObject {
  return z.object({ [nameOf(declared, true)]: z.string().optional().describe(declared.summary) });
}

function successOf(endpoint: EndpointFacts) {
  const headers =
    endpoint.cookie === undefined
      ? {}
      : { headers: z.object({ 'set-cookie': z.string().describe(endpoint.cookie.summary) }) };
  if (endpoint.status === 204) return { description: 'Done', ...headers };
  const content = {
    'application/json': { schema: endpoint.output },
    ...(endpoint.streams
      ? { 'text/event-stream': { schema: z.string().describe('Server-sent events') } }
      : {}),
  };
  return { description: 'Success', ...headers, content };
}

/** Every problem that the chain or the operation may answer, grouped by status. */
function problemsOf(endpoint: EndpointFacts) {
  const grouped = Map.groupBy(possibleProblems(endpoint), (declared) => declared.status);
  const entries = [...grouped]
    .sort(([a], [b]) => a - b)
    .map(
      ([status, declared]) =>
        [
          String(status),
          {
            description: [...new Set(declared.map((each) => `\`${each.code}\` ${each.title}`))].join('\n\n'),
            content: {
              'application/problem+json': { schema: problemSchema },
              ...(endpoint.dialect === undefined
                ? {}
                : { 'application/json': { schema: dialectErrorSchema } }),
            },
          },
        ] as const,
    );
  return Object.fromEntries(entries);
}

const dialectErrorSchema = z
  .looseObject({ error: z.looseObject({ type: z.string(), message: z.string() }) })
  .meta({ id: 'DialectError', description: 'An error as clients of that protocol know it' });

/** The problems of an endpoint: its own and those of the links that stand before it. */
export function possibleProblems(endpoint: EndpointFacts): ProblemType[] {
  const isPublic = endpoint.plane === 'public';
  return [
    ...endpoint.errors,
    problems.internal,
    problems.unavailable,
    problems.capabilityOff,
    problems.switchedOff,
    problems.invalidInput,
    ...(endpoint.body === undefined ? [] : [problems.payloadTooLarge]),
    ...(endpoint.cookie === undefined ? [] : [problems.originRefused]),
    ...(isPublic ? [] : [problems.unauthenticated, problems.sessionEnded]),
    ...(endpoint.rate === 'public' ? [] : [problems.rateLimited]),
    ...(endpoint.meter === undefined ? [] : [problems.usageExceeded]),
    ...(endpoint.plane === 'tenant'
      ? [problems.tenantRequired, problems.notFound, problems.tenantSuspended]
      : []),
    ...(endpoint.permission === undefined ? [] : [problems.forbidden]),
    ...(endpoint.idempotency === undefined ? [] : [problems.inFlight, problems.idempotencyMismatch]),
    ...(endpoint.idempotency !== undefined && endpoint.streams
      ? [problems.answerNotKept, problems.outcomeUnknown]
      : []),
    ...(endpoint.idempotency === 'required' ? [problems.idempotencyKeyMissing] : []),
  ];
}
