/** A client that costs little itself: keep-alive connections and nothing that is not needed. */
import { Agent, request } from 'node:http';

export type Request = { method: string; path: string; headers: Record<string, string>; body?: string };

/** Status 0 stands for an answer that did not come. */
export type Answer = { status: number; body: string };

export type Client = { send(request: Request): Promise<Answer>; close(): void };

/** A client of one server. */
export function clientOf(url: string): Client {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 512, noDelay: true });
  return {
    send: ({ body, ...what }) =>
      new Promise((resolve) => {
        const sent = request({ agent, hostname, port, timeout: 15_000, ...what }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          );
          answer.on('error', () => resolve({ status: 0, body: '' }));
        });
        sent.on('timeout', () => sent.destroy());
        sent.on('error', () => resolve({ status: 0, body: '' }));
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}
