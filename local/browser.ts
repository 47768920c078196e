/**
 * A person at a browser, over plain HTTP: follows redirects, keeps cookies, reads links and forms. Enough to
 * walk the hosted login pages without a browser; it runs no script.
 */

/** A field that a form sends. */
export type Field = { name: string; type: string; value: string; autocomplete: string; checked: boolean };

export type Form = { action: string; method: 'GET' | 'POST'; fields: Field[] };

export type Link = { href: string; text: string };

/** A page as it was answered; `alerts` are the texts it announces, such as a refused password. */
export type Page = { url: string; status: number; forms: Form[]; links: Link[]; alerts: string[] };

export type Browser = {
  /** Opens an address and follows redirects, up to the stop addresses, which are never asked. */
  open(url: string): Promise<Page>;
  /** Sends a form with these values in place of its own. */
  submit(form: Form, values: Record<string, string>): Promise<Page>;
};

type Request = { url: string; method: 'GET' | 'POST'; body?: string };

const mostRedirects = 10;

/**
 * A browser without cookies.
 * @param stopAt addresses (without query) that a redirect may lead to but that are not opened: the page is
 *   empty then, and its address carries what was handed over
 */
export function openBrowser(stopAt: readonly string[] = []): Browser {
  const cookies = cookieJar();
  const go = async (request: Request): Promise<Page> => {
    let next = request;
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      if (stopAt.some((stop) => isAt(next.url, stop))) return emptyPage(next.url);
      const answer = await send(next, cookies);
      const location = answer.headers.get('location');
      if (answer.status < 300 || answer.status > 399 || location === null) {
        return pageOf(next.url, answer.status, await answer.text());
      }
      await answer.arrayBuffer();
      next = { url: new URL(location, next.url).href, method: 'GET' };
    }
    throw new Error(`${request.url} leads through more than ${mostRedirects} redirects`);
  };
  return {
    open: (url) => go({ url, method: 'GET' }),
    submit: (form, values) => {
      const filled = form.fields
        .filter((field) => (field.type === 'checkbox' || field.type === 'radio' ? field.checked : true))
        .map((field): [string, string] => [field.name, values[field.name] ?? field.value]);
      const body = new URLSearchParams(filled).toString();
      if (form.method === 'POST') return go({ url: form.action, method: 'POST', body });
      const url = new URL(form.action);
      url.search = body;
      return go({ url: url.href, method: 'GET' });
    },
  };
}

/** Whether an address is this one, whatever its query. */
export function isAt(url: string, place: string): boolean {
  const [a, b] = [new URL(url), new URL(place)];
  return a.origin === b.origin && a.pathname === b.pathname;
}

function send({ url, method, body }: Request, cookies: CookieJar): Promise<Response> {
  const cookie = cookies.headerFor(url);
  const sent = fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      ...(cookie === '' ? {} : { cookie }),
      // Pages refuse a form that came from another site.
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin }),
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(30_000),
  });
  return sent.then((answer) => {
    cookies.keep(url, answer.headers.getSetCookie());
    return answer;
  });
}

type Cookie = { name: string; value: string; host: string; path: string };
type CookieJar = { headerFor(url: string): string; keep(url: string, lines: string[]): void };

function cookieJar(): CookieJar {
  const kept = new Map<string, Cookie>();
  return {
    headerFor: (url) => {
      const { hostname, pathname } = new URL(url);
      const sent = [...kept.values()].filter(
        ({ host, path }) =>
          host === hostname && (pathname === path || pathname.startsWith(path.replace(/\/?$/, '/'))),
      );
      return sent.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
    keep: (url, lines) => {
      for (const line of lines) {
        const { cookie, expired } = parseCookie(line, new URL(url));
        const key = `${cookie.host} ${cookie.path} ${cookie.name}`;
        if (expired) kept.delete(key);
        else kept.set(key, cookie);
      }
    },
  };
}

function parseCookie(line: string, { hostname, pathname }: URL): { cookie: Cookie; expired: boolean } {
  const [pair = '', ...rest] = line.split(';');
  const attributes = new Map(
    rest.map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
  const [name = '', ...value] = pair.split('=');
  const defaultPath = pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')));
  const expires = attributes.get('expires');
  return {
    cookie: {
      name: name.trim(),
      value: value.join('=').trim(),
      host: hostname,
      path: attributes.get('path') ?? defaultPath,
    },
    expired:
      Number(attributes.get('max-age') ?? 1) <= 0 ||
      (expires !== undefined && Date.parse(expires) < Date.now()),
  };
}

function emptyPage(url: string): Page {
  return { url, status: 0, forms: [], links: [], alerts: [] };
}

function pageOf(url: string, status: number, html: string): Page {
  return {
    url,
    status,
    forms: elements(html, 'form').map(({ attributes, inner }) => ({
      action: new URL(attributes.action ?? '', url).href,
      method: attributes.method?.toUpperCase() === 'POST' ? 'POST' : 'GET',
      fields: fieldsOf(inner),
    })),
    links: elements(html, 'a').map(({ attributes, inner }) => ({
      href: new URL(attributes.href ?? '', url).href,
      text: textOf(inner),
    })),
    alerts: ['p', 'div', 'section', 'span', 'ul']
      .flatMap((tag) => elements(html, tag))
      .filter(({ attributes }) => attributes.role === 'alert')
      .map(({ inner }) => textOf(inner))
      .filter((text) => text !== ''),
  };
}

function fieldsOf(html: string): Field[] {
  return [...html.matchAll(/<input\b([^>]*)>/gi)]
    .map(([, attributes = '']) => attributesOf(attributes))
    .filter(({ name, type }) => name !== undefined && type !== 'submit' && type !== 'button')
    .map((attributes) => ({
      name: attributes.name ?? '',
      type: attributes.type ?? 'text',
      value: attributes.value ?? '',
      autocomplete: attributes.autocomplete ?? '',
      checked: 'checked' in attributes,
    }));
}

type Element = { attributes: Record<string, string>; inner: string };

/** Elements of one kind, outermost text included; login pages never nest forms, links or alerts. */
function elements(html: string, tag: string): Element[] {
  const pattern = new RegExp(`<${tag}\\b([^>]*)>([\\s\\S]*?)</${tag}>`, 'gi');
  return [...html.matchAll(pattern)].map(([, attributes = '', inner = '']) => ({
    attributes: attributesOf(attributes),
    inner,
  }));
}

function attributesOf(text: string): Record<string, string> {
  const found = text.matchAll(/([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return Object.fromEntries(
    [...found].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      unescapeHtml(double ?? single ?? bare ?? ''),
    ]),
  );
}

function textOf(html: string): string {
  return unescapeHtml(html.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function unescapeHtml(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, dec?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (dec !== undefined) return String.fromCodePoint(Number(dec));
      return named[name ?? ''] ?? whole;
    },
  );
}
