/** Stands where an AWS service is expected, counts the calls, and passes them on or answers the same each time. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Counter = {
  url: string;
  /** Operations since the last time, in order. */
  take(): string[];
  stop(): void;
};

/** Counts on the way to another address. */
export function countOnTheWayTo(target: string): Promise<Counter> {
  return counter((incoming, body, answer) => {
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url ?? '/', target), { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => answer(response.statusCode ?? 500, response.headers, Buffer.concat(chunks)));
    });
    onward.on('error', () => answer(502, {}, Buffer.from('')));
    onward.end(body);
  });
}

/** Counts and gives every call the same answer. */
export function countAndAnswer(json: object): Promise<Counter> {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return counter((_incoming, _body, answer) => answer(200, headers, Buffer.from(JSON.stringify(json))));
}

type Answer = (status: number, headers: Record<string, string | string[] | undefined>, body: Buffer) => void;

async function counter(
  handle: (incoming: IncomingMessage, body: Buffer, answer: Answer) => void,
): Promise<Counter> {
  let seen: string[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      seen.push(String(incoming.headers['x-amz-target']).replace(/^.*\./, ''));
      handle(incoming, Buffer.concat(chunks), (status, headers, body) => {
        response.writeHead(status, headers).end(body);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
