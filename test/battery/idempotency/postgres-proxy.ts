/**
 * A TCP proxy in front of PostgreSQL that cuts a connection at the worst moments: when the COMMIT of a change has
 * been sent and not arrived, and when it has been done and the answer not arrived.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What is lost: the COMMIT itself, or the answer to it. */
export type Loss = 'the COMMIT' | 'the answer to COMMIT';

export type PostgresProxy = {
  port: number;
  /** Loses it for the next change on any connection; `struck` tells whether it has come to that. */
  lose(loss: Loss): { struck(): boolean };
  stop(): Promise<void>;
};

type Order = { loss: Loss; struck: boolean };

export async function startPostgresProxy(upstreamPort: number): Promise<PostgresProxy> {
  const sockets = new Set<Socket>();
  let order: Order | undefined;
  const take = (): Order | undefined => {
    const taken = order;
    order = undefined;
    if (taken !== undefined) taken.struck = true;
    return taken;
  };
  const server = createServer((client) => {
    const upstream = connect(upstreamPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    relay(client, upstream, take);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    lose: (loss) => {
      const given: Order = { loss, struck: false };
      order = given;
      return { struck: () => given.struck };
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function relay(client: Socket, upstream: Socket, take: () => Order | undefined): void {
  const statements = statementReader();
  let changing = false;
  let muted = false;
  const cut = () => {
    client.destroy();
    upstream.destroy();
  };
  client.on('close', cut);
  upstream.on('close', cut);
  client.on('data', (data) => {
    for (const statement of statements(data)) {
      // A transaction that only reads has nothing to lose.
      if (/^begin/i.test(statement)) changing = !/read only/i.test(statement);
      if (!changing || !/^commit/i.test(statement)) continue;
      const order = take();
      if (order?.loss === 'the COMMIT') return cut();
      if (order !== undefined) muted = true;
    }
    upstream.write(data);
  });
  upstream.on('data', (data) => {
    if (!muted) client.write(data);
    else if (data.includes('COMMIT\0')) cut();
  });
}

const startupBytes = 4;
const typedBytes = 5;

/** Reads the statements out of what a client sends, which may arrive in any pieces. */
function statementReader(): (data: Buffer) => string[] {
  let pending = Buffer.alloc(0);
  let isStartup = true;
  return (data) => {
    pending = Buffer.concat([pending, data]);
    const found: string[] = [];
    for (;;) {
      const header = isStartup ? startupBytes : typedBytes;
      if (pending.length < header) return found;
      // The length counts itself, and not the type in front of it.
      const length = pending.readInt32BE(header - startupBytes) + (isStartup ? 0 : 1);
      if (pending.length < length) return found;
      const statement = isStartup ? undefined : statementOf(pending.subarray(0, length));
      if (statement !== undefined) found.push(statement);
      pending = pending.subarray(length);
      isStartup = false;
    }
  };
}

/** The text of a Query, or of a Parse behind the name of the statement. */
function statementOf(message: Buffer): string | undefined {
  const type = String.fromCharCode(message[0] ?? 0);
  const texts = message.subarray(typedBytes).toString('latin1').split('\0');
  if (type === 'Q') return texts[0]?.trim();
  return type === 'P' ? texts[1]?.trim() : undefined;
}
