/**
 * Hands a request on to the part that answers it, over connections that stay open. What was read already is sent and
 * answered in one piece; everything else streams in both directions.
 */
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as httpRequest,
} from 'node:http';
import { pipeline } from 'node:stream';
import { AwsError } from '../parts/contract.ts';
import { wholeBody } from '../whole-body.ts';

export type Forward = {
  port: number;
  path: string;
  /** A body that was read already; otherwise the request is streamed through. */
  body?: Buffer;
  /** Replaces the whole answer's text; only for the few answers that carry addresses. */
  rewrite?: (text: string) => string;
  headers?: Record<string, string>;
  /** Given the answer when the caller left before it came; without this, the request is abandoned with its caller. */
  onUnread?: (text: string) => void;
};

export type Forwarder = {
  send(request: IncomingMessage, response: ServerResponse, forward: Forward): Promise<void>;
  /** Status of a bodiless request to a part. */
  status(port: number, method: string, path: string, headers: Record<string, string>): Promise<number>;
  close(): void;
};

const NOT_FORWARDED = new Set([
  'host',
  'connection',
  'keep-alive',
  'expect',
  'transfer-encoding',
  'content-length',
]);

export function createForwarder(): Forwarder {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64, noDelay: true });

  return {
    send: (request, response, forward) => attempt(agent, request, response, forward, true),
    status: (port, method, path, headers) =>
      new Promise((resolve, reject) => {
        const asked = httpRequest({ agent, host: '127.0.0.1', port, method, path, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        asked.on('error', reject);
        asked.end();
      }),
    close: () => agent.destroy(),
  };
}

async function attempt(
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  forward: Forward,
  mayRetry: boolean,
): Promise<void> {
  try {
    await exchange(agent, request, response, forward);
  } catch (error) {
    // A kept connection may have been closed by the part just now; a body that we hold can be sent again.
    if (mayRetry && forward.body !== undefined && error instanceof StaleConnection) {
      return attempt(agent, request, response, forward, false);
    }
    throw error;
  }
}

function exchange(
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  forward: Forward,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = false;
    const outgoing = httpRequest(
      {
        agent,
        host: '127.0.0.1',
        port: forward.port,
        method: request.method,
        path: forward.path,
        headers: { ...forwardedHeaders(request, forward.body), ...forward.headers },
      },
      (answer) => {
        const answered =
          forward.body === undefined
            ? relay(answer, response)
            : relayWhole(answer, response, forward, () => left);
        answered.then(resolve, reject);
      },
    );
    outgoing.on('error', (error) => reject(unreachable(outgoing, error)));
    response.once('close', () => {
      left = !response.writableFinished;
      if (left && forward.onUnread === undefined) outgoing.destroy();
    });
    if (forward.body !== undefined) outgoing.end(forward.body);
    else pipeline(request, outgoing, () => undefined);
  });
}

/** Passes an answer of any size on as it comes. */
async function relay(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, relayedHeaders(answer));
  await new Promise<void>((resolve) => {
    pipeline(answer, response, () => resolve());
  });
}

/** Passes the answer to a call of the JSON protocols on in one piece; they are small, and there are many. */
async function relayWhole(
  answer: IncomingMessage,
  response: ServerResponse,
  { rewrite, onUnread }: Forward,
  left: () => boolean,
): Promise<void> {
  const received = await wholeBody(answer).catch((error: unknown) => {
    throw new AwsError('ServiceUnavailable', `The local part broke off its answer: ${String(error)}`, 503);
  });
  if (left() && onUnread !== undefined) return onUnread(received.toString());
  const body = rewrite === undefined ? received : Buffer.from(rewrite(received.toString()));
  const { 'transfer-encoding': _chunked, ...headers } = relayedHeaders(answer);
  response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': body.length });
  response.end(body);
}

function relayedHeaders({ headers }: IncomingMessage): IncomingHttpHeaders {
  const { connection: _connection, 'keep-alive': _keepAlive, ...relayed } = headers;
  return relayed;
}

function forwardedHeaders(
  request: IncomingMessage,
  body: Buffer | undefined,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !NOT_FORWARDED.has(name)) headers[name] = value;
  }
  const length = body === undefined ? request.headers['content-length'] : String(body.length);
  if (length !== undefined) headers['content-length'] = length;
  return headers;
}

class StaleConnection extends AwsError {}

function unreachable(outgoing: ClientRequest, error: Error): AwsError {
  const message = `The local part does not answer: ${error.message}`;
  const stale = outgoing.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
  return stale
    ? new StaleConnection('ServiceUnavailable', message, 503)
    : new AwsError('ServiceUnavailable', message, 503);
}
