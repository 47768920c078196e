/**
 * The answers that API Gateway gives by itself, in the form the API's gateway responses configure.
 */
import type { ServerResponse } from 'node:http';

/** `x-amazon-apigateway-gateway-responses`: one entry. */
export type GatewayResponse = {
  statusCode?: string | number;
  responseParameters?: Record<string, string>;
  responseTemplates?: Record<string, string>;
};

/** The kinds of refusal that can happen here, with AWS's status, error type and message. */
const kinds = {
  BAD_REQUEST_PARAMETERS: [400, 'BadRequestException', 'Invalid request parameters'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
  REQUEST_TOO_LARGE: [413, 'RequestTooLargeException', 'Request Too Long'],
  INTEGRATION_TIMEOUT: [504, 'InternalServerErrorException', 'Endpoint request timed out'],
  /** A function that failed or answered in the wrong format; AWS has no response type of its own for it. */
  DEFAULT_5XX: [502, 'InternalServerErrorException', 'Internal server error'],
} satisfies Record<string, [status: number, errorType: string, message: string]>;

export type RefusalKind = keyof typeof kinds;

/** What a template or parameter can refer to. */
export type RefusalContext = { requestId: string; headers: Record<string, string> };

/** Ends the response with a refusal; `message` replaces AWS's usual one. */
export function refuse(
  response: ServerResponse,
  kind: RefusalKind,
  configured: Record<string, GatewayResponse>,
  context: RefusalContext,
  message?: string,
): void {
  const [usualStatus, errorType, usualMessage] = kinds[kind];
  const own = configured[kind] ?? configured[usualStatus < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'] ?? {};
  const variables: Record<string, string> = {
    'error.message': message ?? usualMessage,
    'error.messageString': JSON.stringify(message ?? usualMessage),
    'error.responseType': kind,
    requestId: context.requestId,
    extendedRequestId: context.requestId,
  };
  const template = own.responseTemplates?.['application/json'] ?? '{"message":$context.error.messageString}';
  const body = template.replace(/\$context\.([\w.]+\w)/g, (_all, name: string) => variables[name] ?? '');
  response.statusCode =
    configured[kind]?.statusCode === undefined ? usualStatus : Number(configured[kind].statusCode);
  response.setHeader('content-type', 'application/json');
  response.setHeader('x-amzn-ErrorType', errorType);
  for (const [target, source] of Object.entries(own.responseParameters ?? {})) {
    const value = parameter(source, variables, context);
    if (value !== undefined) response.setHeader(target.replace('gatewayresponse.header.', ''), value);
  }
  response.end(body);
}

function parameter(
  source: string,
  variables: Record<string, string>,
  context: RefusalContext,
): string | undefined {
  const literal = /^'(.*)'$/.exec(source)?.[1];
  if (literal !== undefined) return literal;
  if (source.startsWith('context.')) return variables[source.slice('context.'.length)];
  const header = /^method\.request\.header\.(.+)$/.exec(source)?.[1];
  if (header !== undefined) return context.headers[header.toLowerCase()];
  throw new Error(`The local gateway does not know the gateway response parameter ${source}`);
}
