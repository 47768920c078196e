/** Plain HTTP, byte for byte as a test wants it: what `fetch` would tidy up on the way is sent as it stands. */
import { Agent, request } from 'node:http';

/** What is sent; a header may be repeated. */
export type HttpRequest = {
  method: string;
  /** Path and query as they go over the wire. */
  path: string;
  headers: Record<string, string | string[]>;
  body?: string | Buffer;
};

/** What came back; `body` is the JSON of the answer where it is JSON. */
export type HttpAnswer = { status: number; headers: Record<string, string>; text: string; body: unknown };

export type HttpClient = {
  /** @throws Error when the connection ends without an answer */
  send(wanted: HttpRequest): Promise<HttpAnswer>;
  stop(): void;
};

const patienceMs = 60_000;

/** A client of one address that keeps its connections. */
export function httpClient(url: string): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { port, host } = new URL(url);
  return {
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const options = { agent, host: '127.0.0.1', port, method, path, timeout: patienceMs };
        const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
        const sent = request({ ...options, headers: { host, ...length, ...headers } }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const named = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
            resolve({
              status: answer.statusCode ?? 0,
              headers: Object.fromEntries(named) as Record<string, string>,
              text,
              body: parsed(text),
            });
          });
        });
        sent.on('timeout', () => sent.destroy(new Error(`no answer within ${patienceMs} ms`)));
        sent.on('error', (cause) =>
          reject(new Error(`${method} ${path.slice(0, 200)} got no answer`, { cause })),
        );
        sent.end(body);
      }),
    stop: () => agent.destroy(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
