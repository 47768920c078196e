/**
 * Builds the event of a Lambda proxy integration (payload format 1.0) exactly as API Gateway REST does.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { localAccount } from '../template/facts.ts';
import { matchesMediaType } from './media.ts';

/** A request once it has been received in full and routed. */
export type ReceivedRequest = {
  message: IncomingMessage;
  /** Raw path, without query and stage. */
  path: string;
  query: string;
  body: Buffer;
  requestId: string;
  /** The resource's path, e.g. `/keys/{id}`. */
  resource: string;
  parameters: Record<string, string>;
};

/** What the API itself contributes. */
export type ApiIdentity = {
  id: string;
  stage: string;
  stageVariables?: Record<string, string>;
  binaryMediaTypes: string[];
};

export function proxyEvent(request: ReceivedRequest, api: ApiIdentity): APIGatewayProxyEvent {
  const { message, body } = request;
  const multiValueHeaders = headersOf(message);
  const headers = lastOf(multiValueHeaders);
  const query = queryOf(request.query);
  const method = message.method ?? 'GET';
  const base64 = api.binaryMediaTypes.some((type) => matchesMediaType(message.headers['content-type'], type));
  return {
    resource: request.resource,
    path: request.path,
    httpMethod: method,
    headers,
    multiValueHeaders,
    queryStringParameters: query && lastOf(query),
    multiValueQueryStringParameters: query,
    pathParameters: Object.keys(request.parameters).length === 0 ? null : request.parameters,
    stageVariables: api.stageVariables ?? null,
    requestContext: requestContext(request, api, headers),
    body: body.length === 0 ? null : body.toString(base64 ? 'base64' : 'utf8'),
    isBase64Encoded: base64 && body.length > 0,
  };
}

/** The address of whoever connected. */
export function sourceIp(message: IncomingMessage): string {
  return (message.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '').replace(/^::1$/, '127.0.0.1');
}

/** Headers between the client and the gateway alone, and those the gateway sets itself. */
const hop = new Set([
  ...['connection', 'keep-alive', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...[
    'content-length',
    'expect',
    'x-forwarded-for',
    'x-forwarded-port',
    'x-forwarded-proto',
    'x-amzn-trace-id',
  ],
]);

function headersOf(message: IncomingMessage): Record<string, string[]> {
  const raw = message.rawHeaders;
  const pairs = raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, raw[i + 1] ?? '']] : []));
  const forwarded = message.headers['x-forwarded-for'];
  const before = Array.isArray(forwarded) ? forwarded.join(', ') : forwarded;
  const trace = message.headers['x-amzn-trace-id'];
  const epoch = Math.floor(Date.now() / 1000).toString(16);
  return {
    ...grouped(pairs.filter(([name]) => !hop.has(name.toLowerCase()))),
    'X-Amzn-Trace-Id': [
      typeof trace === 'string' ? trace : `Root=1-${epoch}-${randomBytes(12).toString('hex')}`,
    ],
    // The client's own claim stays, in front: only the last address is one that we saw.
    'X-Forwarded-For': [[before, sourceIp(message)].filter((value) => value !== undefined).join(', ')],
    'X-Forwarded-Port': [String(message.socket.localPort ?? 443)],
    'X-Forwarded-Proto': ['http'],
  };
}

function lastOf(values: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
}

function queryOf(query: string): Record<string, string[]> | null {
  const pairs = [...new URLSearchParams(query)];
  return pairs.length === 0 ? null : grouped(pairs);
}

/** All values of each name. Names are the client's to choose: `constructor` and `__proto__` are names like others. */
function grouped(pairs: readonly [name: string, value: string][]): Record<string, string[]> {
  const byName = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.map(([, value]) => value)]));
}

function requestContext(
  request: ReceivedRequest,
  api: ApiIdentity,
  headers: Record<string, string>,
): APIGatewayProxyEvent['requestContext'] {
  const { message, requestId } = request;
  const now = new Date();
  return {
    accountId: localAccount,
    apiId: api.id,
    authorizer: null,
    domainName: message.headers.host ?? 'localhost',
    domainPrefix: (message.headers.host ?? 'localhost').split('.')[0],
    extendedRequestId: requestId,
    httpMethod: message.method ?? 'GET',
    identity: {
      ...{ accessKey: null, accountId: null, apiKey: null, apiKeyId: null, caller: null, clientCert: null },
      ...{ cognitoAuthenticationProvider: null, cognitoAuthenticationType: null },
      ...{ cognitoIdentityId: null, cognitoIdentityPoolId: null, principalOrgId: null },
      sourceIp: sourceIp(message),
      user: null,
      userAgent: message.headers['user-agent'] ?? null,
      userArn: null,
    },
    path: `/${api.stage}${request.path}`,
    protocol: `HTTP/${message.httpVersion}`,
    requestId,
    requestTime: commonLogTime(now),
    requestTimeEpoch: now.getTime(),
    resourceId: Buffer.from(`${headers.Host ?? ''}${request.resource}`)
      .toString('hex')
      .slice(0, 6),
    resourcePath: request.resource,
    stage: api.stage,
  };
}

/** `21/Nov/2026:05:00:00 +0000` */
function commonLogTime(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
