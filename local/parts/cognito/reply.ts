/** What a page handler answers, and how it goes out: always with the headers a sign-in page needs. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Reply = { status: number; html: string; formTargets?: string[] } | { redirect: string };

const LARGEST_FORM = 16 * 1024;

/** Nothing inline, nothing foreign, never in a frame, never cached. */
export function secure(response: ServerResponse, formTargets: string[] = []): void {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    // A browser applies form-action to the redirects that follow, up to the client's callback.
    ["form-action 'self'", ...formTargets].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  response.setHeader('Content-Security-Policy', policy.join('; '));
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=()');
  response.setHeader('Cache-Control', 'no-store');
}

export function send(response: ServerResponse, reply: Reply): void {
  if ('redirect' in reply) {
    response.writeHead(303, { Location: reply.redirect }).end();
    return;
  }
  secure(response, reply.formTargets);
  response.writeHead(reply.status, { 'Content-Type': 'text/html; charset=utf-8' }).end(reply.html);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** The fields of a posted form; undefined when it is none or too long. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_FORM) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

/** Whether a browser says that one of our own pages sent this; other ports of localhost are other sites to us. */
export function fromOwnPage(request: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || origin === `http://${host}`;
}
