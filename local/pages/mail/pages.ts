/** The mailbox at `/mail`: what the local stack has sent, newest first, and one mail at a time. No scripts. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mail, MailStore } from '../../parts/mail/mail.ts';
import { escape, listPage, mailPage, missingPage } from './views.ts';

/** Answers requests below `/mail`; `false` for every other path, which is then somebody else's. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => boolean;

export function mailPages({ store }: { store: Pick<MailStore, 'list' | 'get'> }): Pages {
  const style = readFileSync(new URL('./mail.css', import.meta.url), 'utf8');

  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://local');
    if (url.pathname !== '/mail' && !url.pathname.startsWith('/mail/')) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return true;
    }
    const [, , section = '', part] = url.pathname.split('/');
    const to = url.searchParams.get('to') ?? '';

    if (section === '') html(response, 200, listPage(store.list({ to }), to));
    else if (section === 'style.css') send(response, 200, 'text/css; charset=utf-8', style);
    else if (section === 'messages') json(response, store, part, to);
    else one(response, store.get(section), part, url);
    return true;
  };
}

function json(
  response: ServerResponse,
  store: Pick<MailStore, 'list' | 'get'>,
  id: string | undefined,
  to: string,
): void {
  const body = id === undefined ? { messages: store.list({ to }).map(toJson) } : toJson(store.get(id));
  const status = body === undefined ? 404 : 200;
  send(response, status, 'application/json', JSON.stringify(body ?? { message: 'No such mail' }));
}

function one(response: ServerResponse, mail: Mail | undefined, part: string | undefined, url: URL): void {
  if (mail === undefined) html(response, 404, missingPage());
  else if (part === 'body') body(response, mail);
  else html(response, 200, mailPage(mail, url.searchParams.get('as') === 'text'));
}

/**
 * The mail's own HTML. It is foreign content on our origin: the sandbox denies scripts, forms and the origin
 * itself, also when it is opened outside its frame.
 */
function body(response: ServerResponse, mail: Mail): void {
  const content = `<!doctype html><meta charset="utf-8"><base target="_blank"><title>${escape(mail.subject)}</title>${mail.html}`;
  send(response, 200, 'text/html; charset=utf-8', content, {
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; font-src https: data:; " +
      "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
  });
}

function html(response: ServerResponse, status: number, content: string): void {
  send(response, status, 'text/html; charset=utf-8', content, {
    'content-security-policy':
      "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  });
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  content: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...headers,
  });
  response.end(content);
}

function toJson(mail: Mail | undefined) {
  if (mail === undefined) return undefined;
  const { atMs, ...rest } = mail;
  return { ...rest, at: new Date(atMs).toISOString() };
}
