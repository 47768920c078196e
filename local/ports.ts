/**
 * Free loopback ports. A port counts as free when it can be bound on IPv4 and IPv6: browsers resolve
 * `localhost` to either, and must not reach somebody else's program on one of them.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems give to outgoing connections: no such one takes the port before it is listened on. */
const anyFrom = 20_000;
const anyBelow = 32_000;

/** The preferred port when it is free, otherwise the next one that is; 0 means any. */
export async function freePort(preferred: number): Promise<{ port: number; taken: boolean }> {
  if (preferred !== 0) {
    for (let port = preferred; port < Math.min(preferred + 100, 65_536); port += 1) {
      if (await isFree(port)) return { port, taken: port !== preferred };
    }
  }
  for (;;) {
    const port = randomInt(anyFrom, anyBelow);
    if (await isFree(port)) return { port, taken: preferred !== 0 };
  }
}

async function isFree(port: number): Promise<boolean> {
  return (await canBind(port, '127.0.0.1')) && (await canBind(port, '::1'));
}

function canBind(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      // A machine without IPv6 has nothing that could sit on that address.
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(true);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
