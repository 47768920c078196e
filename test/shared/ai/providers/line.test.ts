/** What the clients of providers get from our `fetch`, which is less than a `Response` and must be all they look at. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fetchLine } from '#shared/ai/providers/line.ts';

type Answering = (request: IncomingMessage, response: ServerResponse) => unknown;

let url: string;
let answering: Answering;
let connections = 0;
const server = createServer((request, response) => void answering(request, response));
server.on('connection', () => (connections += 1));

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/x?y=z`;
});
beforeEach(() => {
  answering = (_request, response) => response.end('{}');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A body as the clients read one that comes in pieces. */
const piecesOf = (response: Response) => response.body as unknown as AsyncIterable<Uint8Array>;

describe('[AI-1] the line to providers', () => {
  test('sends method, path, headers and the whole text, and answers what came back', async () => {
    answering = async (request, response) => {
      const { method, url: path, headers } = request;
      const sent = { method, path, key: headers['x-api-key'], length: headers['content-length'] };
      response.writeHead(201, { 'content-type': 'application/json', 'request-id': 'r7' });
      response.end(JSON.stringify({ ...sent, body: await text(request) }));
    };
    const response = await fetchLine(url, {
      ...{ method: 'POST', body: 'grüße', headers: new Headers({ 'X-Api-Key': 'k' }) },
    });
    expect([response.status, response.ok, response.headers.get('request-id')]).toEqual([201, true, 'r7']);
    expect(await response.json()).toEqual({
      ...{ method: 'POST', path: '/v1/x?y=z', key: 'k', length: '7', body: 'grüße' },
    });
  });

  test.each([307, 400, 529])('answers %i as it is, and goes nowhere else', async (status) => {
    answering = (_request, response) => response.writeHead(status, { location: '/elsewhere' }).end('why');
    const response = await fetchLine(url);
    expect([response.status, response.ok, await response.text()]).toEqual([status, false, 'why']);
  });

  test('keeps its connection for the next request', async () => {
    await (await fetchLine(url)).text();
    const before = connections;
    for (let n = 0; n < 3; n += 1) await (await fetchLine(url)).text();
    expect(connections).toBe(before);
  });

  test('gives an answer in pieces while it is made, and ends it when it is given up', async () => {
    const gone = new Promise<string>((resolve) => {
      answering = (_request, response) => {
        response.write('first');
        response.once('close', () => resolve('gone'));
      };
    });
    const giveUp = new AbortController();
    const pieces = piecesOf(await fetchLine(url, { signal: giveUp.signal }))[Symbol.asyncIterator]();
    expect(Buffer.from((await pieces.next()).value ?? []).toString()).toBe('first');
    giveUp.abort();
    await expect(pieces.next()).rejects.toThrow('aborted');
    expect(await gone).toBe('gone');
  });

  test('breaks off where the answer does', async () => {
    answering = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half":', () => response.destroy());
    };
    await expect((await fetchLine(url)).json()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('tells a request that was given up from one that reached nobody, whose reason is behind it', async () => {
    answering = () => undefined;
    const giveUp = new AbortController();
    const waiting = fetchLine(url, { signal: giveUp.signal });
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    const nobody = fetchLine('http://127.0.0.1:9/');
    await expect(nobody).rejects.toMatchObject({ name: 'TypeError', cause: { code: 'ECONNREFUSED' } });
  });
});
