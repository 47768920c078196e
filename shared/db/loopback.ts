/** Whether a database is this very machine's: there is no TLS to a laptop's own server. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1';
}
