/**
 * `fetch` for the clients of providers, over Node's own connections: of all that the built-in one does around a
 * request they need none, and it took more processor time than everything else between a caller and a provider.
 */
import { Agent as PlainAgent, type ClientRequest, type IncomingMessage, request as plain } from 'node:http';
import { Agent, request as encrypted } from 'node:https';
import { text } from 'node:stream/consumers';

/** As the built-in one connects. */
const connectMs = 10_000;
/** Shorter than any provider keeps a connection: a request must not meet its end. */
const keptMs = 4_000;

const kept = { keepAlive: true, timeout: keptMs, noDelay: true };
const [agent, plainAgent] = [new Agent(kept), new PlainAgent(kept)];

/** What a request may be given: what the clients do give. */
type Init = Pick<RequestInit, 'method' | 'headers' | 'body' | 'signal'>;

/**
 * Sends a request whose body is a text. Redirects are answers like others.
 * @throws Error with the code of what failed; `CONNECT_TIMEOUT` when there was no connection in time
 */
export async function fetchLine(to: string | URL | Request, init: Init = {}): Promise<Response> {
  const url = new URL(to instanceof Request ? to.url : to);
  const { body = null } = init;
  if (body !== null && typeof body !== 'string') return fetch(to, init);
  const message = await answerTo(url, init, body);
  return asResponse(message, url.href);
}

function answerTo(
  url: URL,
  { method = 'GET', headers, signal }: Init,
  body: string | null,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isPlain = url.protocol === 'http:';
    const sent = (isPlain ? plain : encrypted)(url, {
      ...{ method, agent: isPlain ? plainAgent : agent, headers: fieldsOf(headers) },
      // Ends the answer as well, however much of it has been read.
      ...(signal === null || signal === undefined ? {} : { signal }),
    });
    sent.once('response', resolve);
    // The clients keep of an error what is behind it, and know by its name one that was asked for.
    sent.on('error', (cause) =>
      reject(signal?.aborted === true ? cause : new TypeError('no answer', { cause })),
    );
    giveUpConnecting(sent);
    sent.end(body);
  });
}

function fieldsOf(headers: Init['headers']): Record<string, string> {
  return Object.fromEntries(headers instanceof Headers ? headers : new Headers(headers));
}

/** Nothing was spent where nobody was reached, so this is told apart from an answer that is late. */
function giveUpConnecting(sent: ClientRequest): void {
  sent.once('socket', (socket) => {
    if (!socket.connecting) return;
    const giveUp = () => sent.destroy(Object.assign(new Error('no connection'), { code: 'CONNECT_TIMEOUT' }));
    const timer = setTimeout(giveUp, connectMs);
    const stop = () => clearTimeout(timer);
    socket.once('connect', stop);
    sent.once('close', stop);
  });
}

/** As much of a `Response` as the clients look at. */
function asResponse(message: IncomingMessage, url: string): Response {
  const { statusCode: status = 0, statusMessage: statusText = '' } = message;
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) headers.set(name, String(value));
  const whole = () => text(message);
  const response = {
    ...{ status, statusText, url, headers, ok: status >= 200 && status < 300 },
    body: message,
    text: whole,
    json: async () => JSON.parse(await whole()) as unknown,
  };
  return response as unknown as Response;
}
