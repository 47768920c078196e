/** The one port that people use: the API, the console's placeholder, the mailbox and the API document. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { keptAs, moreHeaders } from '#shared/config/console-headers.ts';
import type { Running } from './parts/contract.ts';

/** Answers a request, or says that it is not its own. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** Starts the server; the first of the handlers that answers wins. */
export async function startWebServer(port: number, handlers: readonly Pages[]): Promise<Running> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // A foreign name that resolves to this machine is a page of somebody else trying to read ours.
    if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
      response.writeHead(421, { 'content-type': 'text/plain' }).end('Use localhost\n');
      return;
    }
    for (const handler of handlers) if (await handler(request, response)) return;
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
  };
  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(`${request.method} ${request.url}: ${String(error)}\n`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
  // Browsers resolve localhost to either family, so both are served.
  const servers = await Promise.all([listenOn('127.0.0.1', port, listen), listenOn('::1', port, listen)]);
  return { stop: async () => void (await Promise.all(servers.map(closeServer))) };
}

/** Answers with a JSON document that is made when asked for. */
export function jsonPage(path: string, document: () => unknown): Pages {
  return (request, response) => {
    if (pathOf(request) !== path) return false;
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(document()));
    return true;
  };
}

/** Serves the files of a folder; a path without extension gets the folder's index page. Those below `assets` have their content in their name. */
export function folderPages(folder: string, policy: string): Pages {
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = pathOf(request);
    const file = normalize(join(folder, extname(path) === '' ? 'index.html' : path));
    if (!file.startsWith(folder + sep)) return false;
    const content = await readFile(file).catch(() => undefined);
    if (content === undefined) return false;
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'cache-control': path.startsWith('/assets/') ? keptAs.assets : keptAs.others,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      ...moreHeaders,
    });
    response.end(content);
    return true;
  };
}

function pathOf(request: IncomingMessage): string {
  return decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
}

function listenOn(
  host: string,
  port: number,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server | undefined> {
  const server = createServer(listener);
  // Longer than clients keep an idle connection: one that ended here first would be chosen for the next request.
  server.keepAliveTimeout = 65_000;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      // A machine without IPv6 is served on IPv4 alone.
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(undefined);
      else reject(error);
    });
    server.listen(port, host, () => resolve(server));
  });
}

function closeServer(server: Server | undefined): Promise<void> {
  if (server === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
