/** Loopback addresses may come with any port (RFC 8252): the local stack takes another when one is in use. */

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export function isLoopback(url: URL): boolean {
  return LOOPBACK.has(url.hostname);
}

/** Whether the given address is the registered one, its port aside when that one is http on a loopback name. */
export function sameButPort(registered: string, given: string): boolean {
  if (registered === given) return true;
  const left = URL.parse(registered);
  const right = URL.parse(given);
  if (left === null || right === null || left.protocol !== 'http:' || !isLoopback(left)) return false;
  left.port = '';
  right.port = '';
  return left.href === right.href;
}
