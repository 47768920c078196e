/** A name server on loopback that knows TXT records, for whoever asks one over UDP as a resolver does. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export type NameServer = {
  /** `127.0.0.1:<port>` */
  address: string;
  /** Texts by name; a name that is not here does not exist. Change them at will. */
  records: Map<string, string[]>;
  /** While true, nothing is answered. */
  silent: boolean;
  stop(): Promise<void>;
};

export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  const server: NameServer = {
    address: '',
    records: new Map(),
    silent: false,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  socket.on('message', (query, from) => {
    if (server.silent) return;
    const { name, end } = questionOf(query);
    socket.send(answerTo(query, end, server.records.get(name.toLowerCase())), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  server.address = `127.0.0.1:${socket.address().port}`;
  return server;
}

const headerBytes = 12;

/** The name that is asked for, and where the question ends. */
function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 5 };
}

function answerTo(query: Buffer, end: number, texts: string[] | undefined): Buffer {
  const answers = (texts ?? []).map(toAnswer);
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  // A response, recursion desired and available; 3 says that there is no such name.
  header.writeUInt16BE(0x8180 + (texts === undefined ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  return Buffer.concat([header, query.subarray(headerBytes, end), ...answers]);
}

/** A TXT record of the name that was asked for, in strings of at most 255 bytes, kept by nobody. */
function toAnswer(text: string): Buffer {
  const parts = text.match(/.{1,255}/gs) ?? [''];
  const data = Buffer.concat(parts.map((part) => Buffer.concat([Buffer.of(part.length), Buffer.from(part)])));
  const record = Buffer.alloc(headerBytes);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(16, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([record, data]);
}
