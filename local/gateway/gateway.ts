/**
 * API Gateway REST on this machine: routes requests by the OpenAPI body in the template, checks the parameters it
 * declares as required, and calls the functions behind it in the proxy format.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Functions } from '../functions/host.ts';
import { AwsError, type Invoke } from '../parts/contract.ts';
import { wholeBody } from '../whole-body.ts';
import { readAnswer, sendAnswer, sendStream } from './answer.ts';
import { readDefinition, type ApiDefinition, type FunctionIntegration, type Method } from './definition.ts';
import { proxyEvent, type ApiIdentity, type ReceivedRequest } from './event.ts';
import { refuse, type RefusalKind } from './responses.ts';
import { createRouter, type Router } from './routes.ts';

/** What the gateway serves and how it reaches functions. */
export type GatewayOptions = {
  /** OpenAPI 3.0 body, resolved. */
  body: Record<string, unknown>;
  invoke: Invoke;
  invokeStream: Functions['invokeStream'];
  stage: string;
  id?: string;
  stageVariables?: Record<string, string>;
  /** Where the API is mounted on the local web server, e.g. `/api`; taken off the path. */
  mount?: string;
  /** Leave paths to others whose first segment no route begins with; otherwise everything is answered. */
  fallthrough?: boolean;
  log?(line: string): void;
  /** Told of every answer, and of a request that got none as 504. */
  onAnswer?(status: number): void;
};

/** Answers a request, or resolves to false when it is not the API's. */
export type GatewayHandler = ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>) & {
  /** Serves another body from the next request on. */
  replace(body: Record<string, unknown>): void;
};

/** What API Gateway takes. */
const bodyLimitBytes = 10 * 1024 * 1024;

export function gateway(options: GatewayOptions): GatewayHandler {
  let api = open(options.body);
  const mount = options.mount ?? '';

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const [fullPath = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
    if (fullPath !== mount && !fullPath.startsWith(`${mount}/`)) return false;
    const path = fullPath.slice(mount.length) || '/';
    const first = path.split('/')[1] ?? '';
    if (options.fallthrough === true && !api.router.firstSegments.has(first)) return false;
    try {
      await serve(options, api, request, response, path, query);
    } catch (error) {
      // The client went away, or the gateway itself failed: either way there is no answer to give.
      options.log?.(`${request.method} ${path}: ${error instanceof Error ? error.message : String(error)}`);
      response.destroy();
    }
    options.onAnswer?.(response.headersSent ? response.statusCode : 504);
    return true;
  };
  return Object.assign(handle, {
    replace: (body: Record<string, unknown>) => {
      api = open(body);
    },
  });
}

type OpenApi = { definition: ApiDefinition; router: Router<Method> };

function open(body: Record<string, unknown>): OpenApi {
  const definition = readDefinition(body);
  return { definition, router: createRouter(definition.resources) };
}

async function serve(
  options: GatewayOptions,
  { definition, router }: OpenApi,
  message: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): Promise<void> {
  const requestId = randomUUID();
  response.setHeader('x-amzn-RequestId', requestId);
  response.setHeader('x-amz-apigw-id', requestId);
  const headers = Object.fromEntries(Object.entries(message.headers).map(([k, v]) => [k, String(v)]));
  const answer = (kind: RefusalKind, text?: string) =>
    refuse(response, kind, definition.responses, { requestId, headers }, text);

  const body = await wholeBody(message, bodyLimitBytes);
  if (body === undefined) return answer('REQUEST_TOO_LARGE');
  const match = router.match(path);
  const method = match?.resource.methods.get(message.method ?? 'GET') ?? match?.resource.methods.get('ANY');
  if (match === undefined || method === undefined) return answer('MISSING_AUTHENTICATION_TOKEN');

  const missing = missingParameters(method, match.parameters, new URLSearchParams(query), headers);
  if (missing.length > 0) {
    return answer('BAD_REQUEST_PARAMETERS', `Missing required request parameters: [${missing.join(', ')}]`);
  }
  const { integration } = method;
  if (integration.type === 'mock') {
    response.statusCode = integration.statusCode;
    response.setHeader('content-type', 'application/json');
    for (const [name, value] of Object.entries(integration.headers)) response.setHeader(name, value);
    response.end(integration.body);
    return;
  }
  const request: ReceivedRequest = {
    ...{ message, path, query, body, requestId },
    ...{ resource: match.resource.path, parameters: match.parameters },
  };
  const identity: ApiIdentity = {
    id: options.id ?? 'local',
    stage: options.stage,
    binaryMediaTypes: definition.binaryMediaTypes,
    ...(options.stageVariables === undefined ? {} : { stageVariables: options.stageVariables }),
  };
  const event = proxyEvent(request, identity);
  try {
    const outcome = integration.streams
      ? await stream(options, integration, event, response)
      : await call(options, integration, event, response, identity.binaryMediaTypes);
    if (outcome !== undefined) answer(outcome);
  } catch (error) {
    // Lambda takes less than the gateway does.
    if (error instanceof AwsError && error.code === 'RequestTooLargeException')
      return answer('REQUEST_TOO_LARGE');
    options.log?.(`${message.method} ${path}: ${error instanceof Error ? error.message : String(error)}`);
    if (response.headersSent) response.destroy();
    else answer('DEFAULT_5XX');
  }
}

/** Calls a function for its whole answer; resolves to the refusal when there is none to pass on. */
async function call(
  options: GatewayOptions,
  integration: FunctionIntegration,
  event: ReturnType<typeof proxyEvent>,
  response: ServerResponse,
  binaryMediaTypes: string[],
): Promise<RefusalKind | undefined> {
  const result = await within(integration.timeoutMs, options.invoke(integration.functionArn, event));
  if (result === 'late') return 'INTEGRATION_TIMEOUT';
  const answer = result.ok ? readAnswer(result.payload) : undefined;
  if (answer === undefined) {
    const reason = result.ok ? 'malformed proxy response' : `${result.errorType}: ${result.errorMessage}`;
    options.log?.(`${event.httpMethod} ${event.path}: ${reason}`);
    return 'DEFAULT_5XX';
  }
  const accept = Object.entries(event.headers).find(([name]) => name.toLowerCase() === 'accept')?.[1];
  sendAnswer(response, answer, accept, binaryMediaTypes);
  return undefined;
}

async function stream(
  options: GatewayOptions,
  integration: FunctionIntegration,
  event: ReturnType<typeof proxyEvent>,
  response: ServerResponse,
): Promise<RefusalKind | undefined> {
  const started = options.invokeStream(integration.functionArn, event);
  const result = await within(integration.timeoutMs, started);
  if (result === 'late') {
    // It may still begin; then nobody is there to read it.
    started.then(({ body }) => body.destroy()).catch(() => undefined);
    return 'INTEGRATION_TIMEOUT';
  }
  await sendStream(response, result);
  return undefined;
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T | 'late'> {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A required parameter must be there and not be blank. */
function missingParameters(
  method: Method,
  path: Record<string, string>,
  query: URLSearchParams,
  headers: Record<string, string>,
): string[] {
  const valueOf = {
    path: (n: string) => path[n],
    query: (n: string) => query.get(n),
    header: (n: string) => headers[n.toLowerCase()],
  };
  return method.required
    .filter((parameter) => (valueOf[parameter.in](parameter.name) ?? '').trim() === '')
    .map((parameter) => parameter.name);
}
