/** The gateway over real HTTP, with real functions behind it: events, refusals, limits and streaming as on AWS. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { startFunctions, type Functions } from '#local/functions/host.ts';
import { gateway, type GatewayHandler } from '#local/gateway/gateway.ts';
import { define, temporaryFolder } from '../functions/definitions.ts';

const lambda = (name: string, stream = false) => ({
  type: 'aws_proxy',
  httpMethod: 'POST',
  uri: stream
    ? `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/arn:aws:lambda:us-east-1:000000000000:function:${name}:live/response-streaming-invocations`
    : `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:${name}:live/invocations`,
  ...(stream ? { responseTransferMode: 'STREAM' } : {}),
});
const to = (name: string, more: object = {}) => ({
  'x-amazon-apigateway-integration': { ...lambda(name), ...more },
});

const body = {
  openapi: '3.0.1',
  'x-amazon-apigateway-request-validators': { parameters: { validateRequestParameters: true } },
  'x-amazon-apigateway-request-validator': 'parameters',
  'x-amazon-apigateway-gateway-responses': {
    BAD_REQUEST_PARAMETERS: {
      statusCode: '400',
      responseParameters: {
        'gatewayresponse.header.content-type': "'application/problem+json'",
        'gatewayresponse.header.x-request': 'context.requestId',
      },
      responseTemplates: {
        'application/json':
          '{"code":"request.invalid","detail":$context.error.messageString,"id":"$context.requestId","t":"$context.error.responseType"}',
      },
    },
  },
  'x-amazon-apigateway-binary-media-types': ['application/octet-stream', 'image/*'],
  components: { parameters: { Tenant: { in: 'header', name: 'X-Tenant', required: true } } },
  paths: {
    '/echo/{id}': {
      parameters: [{ in: 'path', name: 'id', required: true }],
      'x-amazon-apigateway-any-method': to('echo'),
      options: {
        'x-amazon-apigateway-integration': {
          type: 'mock',
          requestTemplates: { 'application/json': '{ "statusCode": 204 }' },
          responses: {
            default: {
              statusCode: '204',
              responseParameters: {
                'method.response.header.Access-Control-Allow-Origin': "'https://app.example'",
              },
            },
          },
        },
      },
    },
    '/checked': {
      get: {
        parameters: [
          { $ref: '#/components/parameters/Tenant' },
          { in: 'query', name: 'page', required: true },
          { in: 'query', name: 'free' },
        ],
        ...to('echo'),
      },
    },
    '/answer': { post: to('answer') },
    '/slow': { get: to('slow', { timeoutInMillis: 200 }) },
    '/gone': { get: to('nobody') },
    '/stream': { get: { 'x-amazon-apigateway-integration': lambda('stream', true) } },
    '/stream-broken': { get: { 'x-amazon-apigateway-integration': lambda('answer', true) } },
  },
};

let functions: Functions;
let server: Server;
let handler: GatewayHandler;
let port: number;

beforeAll(async () => {
  functions = startFunctions({
    functions: [
      define(
        'echo',
        'export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });',
      ),
      define(
        'answer',
        'export const handler = async (event) => { const a = JSON.parse(event.body ?? "null"); if (a?.fail) throw new Error(a.fail); return a; };',
      ),
      define('slow', 'export const handler = () => new Promise(() => {});'),
      define(
        'stream',
        `export const handler = awslambda.streamifyResponse(async (event, out) => {
        const query = event.queryStringParameters ?? {};
        if (query.fail === 'early') throw new Error('early');
        out = awslambda.HttpResponseStream.from(out, { statusCode: 206, headers: { 'content-type': 'text/event-stream' }, multiValueHeaders: { 'x-m': ['1', '2'] } });
        for (const piece of ['a', 'b', 'c']) {
          out.write(piece);
          await new Promise((r) => setTimeout(r, 100));
          if (query.fail === 'late') throw new Error('late');
        }
        out.end();
      });`,
      ),
    ],
    environment: () => ({}),
    state: temporaryFolder(),
    maximumInstances: 2,
  });
  const { invoke, invokeStream } = functions;
  handler = gateway({ body, invoke, invokeStream, stage: 'api', id: 'abc123' });
  server = createServer((req, res) => void handler(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await functions.stop();
});

type Reply = { status: number; headers: IncomingHttpHeaders; text: string; bytes: Buffer };

async function call(
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  data?: string | Buffer,
): Promise<Reply> {
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers });
  outgoing.end(data);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text: bytes.toString(), bytes };
}
const answer = (value: unknown, headers: Record<string, string> = {}) =>
  call('POST', '/answer', headers, JSON.stringify(value));

describe('the event', () => {
  test('is the proxy format 1.0 that API Gateway sends', async () => {
    const reply = await call(
      'PUT',
      '/echo/a%20b?x=1&x=2&y=%C3%A9+z',
      {
        'X-Custom': ['one', 'two'],
        'User-Agent': 'test',
        'X-Forwarded-For': '10.9.8.7',
        'content-type': 'application/json',
      },
      '{"é":1}',
    );
    const event = JSON.parse(reply.text) as APIGatewayProxyEvent;
    expect(event).toMatchObject({
      resource: '/echo/{id}',
      path: '/echo/a%20b',
      httpMethod: 'PUT',
      pathParameters: { id: 'a b' },
      queryStringParameters: { x: '2', y: 'é z' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: ['é z'] },
      stageVariables: null,
      body: '{"é":1}',
      isBase64Encoded: false,
      headers: { 'X-Custom': 'two', 'X-Forwarded-For': '10.9.8.7, 127.0.0.1', 'X-Forwarded-Proto': 'http' },
      multiValueHeaders: { 'X-Custom': ['one', 'two'] },
      requestContext: {
        accountId: '000000000000',
        apiId: 'abc123',
        stage: 'api',
        path: '/api/echo/a%20b',
        resourcePath: '/echo/{id}',
        httpMethod: 'PUT',
        protocol: 'HTTP/1.1',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test', cognitoIdentityId: null },
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      },
    });
    expect(Math.abs(event.requestContext.requestTimeEpoch - Date.now())).toBeLessThan(60_000);
    expect(reply.headers['x-amzn-requestid']).toBe(event.requestContext.requestId);
    expect(Object.keys(event.headers).map((name) => name.toLowerCase())).not.toContain('connection');
  });

  test('without query, parameters or body says null', async () => {
    const event = JSON.parse((await call('GET', '/echo/1')).text) as APIGatewayProxyEvent;
    expect(event).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
    });
  });

  test('carries a binary body in base64, only for binary media types', async () => {
    const bytes = Buffer.from([0, 255, 1]);
    const binary = JSON.parse(
      (await call('PUT', '/echo/1', { 'content-type': 'image/png' }, bytes)).text,
    ) as APIGatewayProxyEvent;
    expect(binary).toMatchObject({ isBase64Encoded: true, body: bytes.toString('base64') });
    const plain = JSON.parse(
      (await call('PUT', '/echo/1', { 'content-type': 'text/plain' }, 'hi')).text,
    ) as APIGatewayProxyEvent;
    expect(plain).toMatchObject({ isBase64Encoded: false, body: 'hi' });
  });
});

describe('a refusal', () => {
  test('of a missing required parameter names it, in the configured form', async () => {
    const reply = await call('GET', '/checked?page=%20');
    expect(reply.status).toBe(400);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(reply.text)).toEqual({
      code: 'request.invalid',
      detail: 'Missing required request parameters: [X-Tenant, page]',
      id: reply.headers['x-amzn-requestid'],
      t: 'BAD_REQUEST_PARAMETERS',
    });
    expect(reply.headers['x-request']).toBe(reply.headers['x-amzn-requestid']);
    expect((await call('GET', '/checked?page=1', { 'x-tenant': 't' })).status).toBe(200);
  });

  test.each([
    ['GET', '/nothing'],
    ['GET', '/'],
    ['GET', '/answer'],
    ['GET', '/echo'],
  ])('of %s %s, which the API does not have, is 403 as on AWS', async (method, path) => {
    const reply = await call(method, path);
    expect(reply.status).toBe(403);
    expect(reply.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
    expect(JSON.parse(reply.text)).toEqual({ message: 'Missing Authentication Token' });
  });

  test('does not befall names that JavaScript objects have already', async () => {
    const names = ['constructor', '__proto__', 'toString'];
    const query = names.map((name) => `${name}=1`).join('&');
    const reply = await call('GET', `/echo/1?${query}`, { constructor: 'a', tostring: 'b' });
    const event = JSON.parse(reply.text) as APIGatewayProxyEvent;
    expect(Object.keys(event.queryStringParameters ?? {})).toEqual(names);
    expect(event.headers).toMatchObject({ constructor: 'a', tostring: 'b' });
  });

  test.each([6, 10])('of a body over %s MB is 413: Lambda takes less than the gateway', async (megabytes) => {
    const reply = await call('POST', '/answer', {}, Buffer.alloc(megabytes * 1024 * 1024 + 1, 'x'));
    expect(reply.status).toBe(413);
  });

  test('of a function that takes too long is 504, after the integration timeout', async () => {
    const reply = await call('GET', '/slow');
    expect(reply.status).toBe(504);
    expect(JSON.parse(reply.text)).toEqual({ message: 'Endpoint request timed out' });
  });

  test.each([
    ['a thrown error', { fail: 'secret detail' }],
    ['null', null],
    ['no status', { body: 'x' }],
    ['a status that is none', { statusCode: 'abc' }],
    ['a body that is not text', { statusCode: 200, body: { a: 1 } }],
    ['a header that is an object', { statusCode: 200, headers: { a: {} } }],
  ])('of a function answering with %s is 502 and says nothing more', async (_case, value) => {
    const reply = await answer(value);
    expect(reply.status).toBe(502);
    expect(reply.text).toBe('{"message":"Internal server error"}');
  });

  test('of a function that does not exist is 502', async () => {
    expect((await call('GET', '/gone')).status).toBe(502);
  });
});

describe('an answer', () => {
  test('brings its status, headers and several values of one header', async () => {
    const reply = await answer({
      statusCode: 201,
      headers: { 'X-One': 1, 'content-type': 'text/plain', 'content-length': '999' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
      body: 'é',
    });
    expect(reply.status).toBe(201);
    expect(reply.headers).toMatchObject({
      'x-one': '1',
      'content-type': 'text/plain',
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(reply.text).toBe('é');
  });

  test('is JSON when it does not say what it is', async () => {
    expect((await answer({ statusCode: 200, body: '{}' })).headers['content-type']).toBe('application/json');
  });

  test('in base64 becomes bytes when the client accepts a binary type, and stays text otherwise', async () => {
    const value = { statusCode: 200, isBase64Encoded: true, body: 'AP8B' };
    expect((await answer(value, { accept: 'image/png' })).bytes).toEqual(Buffer.from([0, 255, 1]));
    expect((await answer(value, { accept: 'text/html' })).text).toBe('AP8B');
  });

  test('to a preflight comes from the gateway', async () => {
    const reply = await call('OPTIONS', '/echo/1');
    expect(reply.status).toBe(204);
    expect(reply.headers['access-control-allow-origin']).toBe('https://app.example');
  });

  test('is streamed while it is produced', async () => {
    const outgoing = request({ host: '127.0.0.1', port, path: '/stream' }).end();
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(incoming.statusCode).toBe(206);
    expect(incoming.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-m': '1, 2' });
    const times: number[] = [];
    incoming.on('data', () => times.push(Date.now()));
    expect(await text(incoming)).toBe('abc');
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(120);
  });

  test('that fails before its stream began is 502, afterwards the connection breaks', async () => {
    expect((await call('GET', '/stream?fail=early')).status).toBe(502);
    expect((await call('GET', '/stream-broken')).status).toBe(502);
    await expect(call('GET', '/stream?fail=late')).rejects.toThrow();
  });

  test('that nobody reads any more does not disturb the next', async () => {
    const outgoing = request({ host: '127.0.0.1', port, path: '/stream' }).end();
    await once(outgoing, 'response');
    outgoing.destroy();
    await sleep(50);
    expect((await call('GET', '/stream')).text).toBe('abc');
  });
});

describe('the definition', () => {
  const options = () => ({ invoke: functions.invoke, invokeStream: functions.invokeStream, stage: 'api' });

  test.each([
    ['an authorizer', { security: [{ cognito: [] }], ...to('echo') }, 'authorizer cognito'],
    ['another integration', to('echo', { type: 'http_proxy' }), 'integration type http_proxy'],
    [
      'streaming said only in the uri',
      { 'x-amazon-apigateway-integration': { ...lambda('stream', true), responseTransferMode: undefined } },
      'go together',
    ],
  ])('with %s is refused at start', (_case, operation, message) => {
    expect(() => gateway({ ...options(), body: { paths: { '/x': { get: operation } } } })).toThrow(message);
  });

  test('can be replaced while serving', async () => {
    handler.replace({ paths: { '/new': { get: to('echo') } } });
    expect((await call('GET', '/new')).status).toBe(200);
    expect((await call('GET', '/echo/1')).status).toBe(403);
    handler.replace(body);
  });

  test('mounted below a path answers only there, and may leave unknown paths to others', async () => {
    const mounted = gateway({ ...options(), body, mount: '/api', fallthrough: true });
    const other = createServer((req, res) => {
      void mounted(req, res).then((handled) => handled || res.writeHead(299).end());
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const at = (path: string) => fetch(`http://127.0.0.1:${(other.address() as AddressInfo).port}${path}`);
    const reply = await at('/api/echo/7');
    expect(await reply.json()).toMatchObject({ path: '/echo/7', requestContext: { path: '/api/echo/7' } });
    expect((await at('/echo/7')).status).toBe(299);
    expect((await at('/api/elsewhere')).status).toBe(299);
    expect((await at('/api/echo')).status).toBe(403);
    other.closeAllConnections();
    other.close();
  });
});
