/** A TCP proxy in front of PostgreSQL that counts round trips and can break or silence connections. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Proxy = {
  port: number;
  /** Times the client spoke after the server had: round trips since the last reset. */
  trips(): number;
  reset(): void;
  /** Cuts all connections, as a fail-over does. */
  cut(): void;
  /** Swallows what the server answers from now on. */
  silence(): void;
  /** Keeps the last message of every answer, "ready for query", back for a while from now on. */
  stutter(): void;
  /** Calls back when the client sends something that contains this text. */
  onSend(text: string, then: () => void): void;
  stop(): Promise<void>;
};

// Answers are held back, so that everything sent without waiting for them counts as one burst.
const answerDelayMs = 15;

const readyBytes = 6;

export async function startProxy(host: string, port: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let silent = false;
  let stutters = false;
  let answered = true;
  let bursts = 0;
  let watched: { text: string; then: () => void } | undefined;
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('data', (data) => {
      if (answered) bursts += 1;
      answered = false;
      if (watched !== undefined && data.includes(watched.text)) watched.then();
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      setTimeout(() => {
        if (silent) return;
        answered = true;
        if (!stutters) return void client.write(data);
        client.write(data.subarray(0, -readyBytes));
        setTimeout(() => client.write(data.subarray(-readyBytes)), answerDelayMs);
      }, answerDelayMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    trips: () => bursts,
    reset: () => {
      bursts = 0;
      answered = true;
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    silence: () => {
      silent = true;
    },
    stutter: () => {
      stutters = true;
    },
    onSend: (text, then) => {
      watched = { text, then };
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}
