/**
 * Reads the OpenAPI 3.0 body of a REST API as API Gateway imports it. What it says but the local gateway cannot do
 * is an error: a silently missing authorizer or body check would be worse than no start.
 */
import type { GatewayResponse } from './responses.ts';
import type { Resource } from './routes.ts';

/** What a method does. */
export type Method = {
  integration: FunctionIntegration | MockIntegration;
  /** Checked before the integration, when the validator asks for it. */
  required: RequiredParameter[];
};

/** Calls a function and passes its answer on. */
export type FunctionIntegration = {
  type: 'function';
  functionArn: string;
  /** The answer is streamed as it is produced. */
  streams: boolean;
  timeoutMs: number;
};

/** Answers by itself, as CORS preflight does. */
export type MockIntegration = {
  type: 'mock';
  statusCode: number;
  headers: Record<string, string>;
  body: string;
};

export type RequiredParameter = { in: 'path' | 'query' | 'header'; name: string };

/** A REST API, understood. */
export type ApiDefinition = {
  resources: Resource<Method>[];
  responses: Record<string, GatewayResponse>;
  binaryMediaTypes: string[];
};

type Json = Record<string, unknown>;

const verbs = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'x-amazon-apigateway-any-method'];

/** @throws Error listing every method that cannot be served locally. */
export function readDefinition(body: Json): ApiDefinition {
  const problems: string[] = [];
  const resources = Object.entries((body.paths ?? {}) as Record<string, Json>).map(([path, item]) => {
    const methods = verbs
      .filter((verb) => item[verb] !== undefined)
      .map((verb): [string, Method] => {
        const name = verb.startsWith('x-') ? 'ANY' : verb.toUpperCase();
        const report = (problem: string) => problems.push(`  ${name} ${path}: ${problem}`);
        return [name, readMethod(body, item, item[verb] as Json, report)];
      });
    return { path, methods: new Map(methods) };
  });
  if (problems.length > 0) throw new Error(`The local gateway cannot serve:\n${problems.join('\n')}`);
  return {
    resources,
    responses: (body['x-amazon-apigateway-gateway-responses'] ?? {}) as Record<string, GatewayResponse>,
    binaryMediaTypes: (body['x-amazon-apigateway-binary-media-types'] ?? []) as string[],
  };
}

function readMethod(body: Json, item: Json, operation: Json, report: (problem: string) => void): Method {
  const security = (operation.security ?? body.security ?? []) as Json[];
  if (security.length > 0) report(`authorizer ${security.flatMap((s) => Object.keys(s)).join(', ')}`);
  const validator = validatorOf(body, operation);
  if (validator?.validateRequestBody === true && operation.requestBody !== undefined)
    report('body validation');
  const integration = (operation['x-amazon-apigateway-integration'] ?? {}) as Json;
  return {
    integration:
      integration.type === 'mock' ? readMock(integration, report) : readFunction(integration, report),
    required: validator?.validateRequestParameters === true ? requiredOf(body, item, operation) : [],
  };
}

function readFunction(integration: Json, report: (problem: string) => void): FunctionIntegration {
  const uri = String(integration.uri);
  const match = /functions\/(arn:aws:lambda:[^/]+)\/(invocations|response-streaming-invocations)$/.exec(uri);
  if (integration.type !== 'aws_proxy' && integration.type !== 'AWS_PROXY') {
    report(`integration type ${String(integration.type)}`);
  } else if (match === null) report(`integration uri ${uri}`);
  const streams = match?.[2] === 'response-streaming-invocations';
  if (streams !== (integration.responseTransferMode === 'STREAM')) {
    report('responseTransferMode STREAM and the response-streaming-invocations uri go together');
  }
  const given = integration.timeoutInMillis;
  const timeoutMs = typeof given === 'number' ? given : streams ? 900_000 : 29_000;
  return { type: 'function', functionArn: match?.[1] ?? '', streams, timeoutMs };
}

/** The mock integration, where it says the same on every request. */
function readMock(integration: Json, report: (problem: string) => void): MockIntegration {
  const template = ((integration.requestTemplates ?? {}) as Record<string, string>)['application/json'] ?? '';
  const status = /"?statusCode"?\s*:\s*(\d{3})/.exec(template)?.[1] ?? '200';
  const responses = (integration.responses ?? {}) as Record<string, Json>;
  const chosen =
    Object.entries(responses).find(
      ([pattern]) => pattern !== 'default' && new RegExp(`^(${pattern})$`).test(status),
    ) ?? Object.entries(responses).find(([pattern]) => pattern === 'default');
  const response = chosen?.[1] ?? {};
  const headers: Record<string, string> = {};
  for (const [target, value] of Object.entries(
    (response.responseParameters ?? {}) as Record<string, string>,
  )) {
    const literal = /^'(.*)'$/.exec(value)?.[1];
    if (literal === undefined) report(`mock response parameter ${value}`);
    headers[target.replace('method.response.header.', '')] = literal ?? '';
  }
  const text = ((response.responseTemplates ?? {}) as Record<string, string>)['application/json'] ?? '';
  if (/[$#]/.test(text)) report('a mock response template with variables');
  return { type: 'mock', statusCode: Number(response.statusCode ?? status), headers, body: text };
}

function validatorOf(body: Json, operation: Json): Json | undefined {
  const name =
    operation['x-amazon-apigateway-request-validator'] ?? body['x-amazon-apigateway-request-validator'];
  if (typeof name !== 'string') return undefined;
  const validator = ((body['x-amazon-apigateway-request-validators'] ?? {}) as Record<string, Json>)[name];
  if (validator === undefined)
    throw new Error(`The API names a request validator ${name}, which it does not define`);
  return validator;
}

/** Parameters of the operation win over those of its path; references are followed. */
function requiredOf(body: Json, item: Json, operation: Json): RequiredParameter[] {
  const parameters = new Map<string, Json>();
  for (const declared of [item.parameters ?? [], operation.parameters ?? []].flat() as Json[]) {
    const parameter = follow(body, declared);
    parameters.set(`${String(parameter.in)} ${String(parameter.name)}`, parameter);
  }
  return [...parameters.values()]
    .filter(({ required }) => required === true)
    .map((parameter) => ({ in: parameter.in as RequiredParameter['in'], name: String(parameter.name) }))
    .filter((parameter) => ['path', 'query', 'header'].includes(parameter.in));
}

function follow(body: Json, value: Json): Json {
  if (typeof value.$ref !== 'string') return value;
  const found = value.$ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], body);
  if (found === undefined) throw new Error(`The API refers to ${value.$ref}, which it does not define`);
  return found as Json;
}
