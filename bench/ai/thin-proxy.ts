/**
 * The least that can stand between a client and a provider: Node's own server and client, connections kept, bodies
 * piped. Started as a process of its own with the provider's address; tells its port.
 */
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

const { hostname, port } = new URL(process.argv[2] ?? '');
const agent = new Agent({ keepAlive: true, maxSockets: 512, noDelay: true });
process.on('disconnect', () => process.exit());

const server = createServer((asked, response) => {
  const { method, url: path, headers } = asked;
  const sent = request({ agent, hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    pipeline(answer, response, () => undefined);
  });
  sent.on('error', () => response.destroy());
  asked.pipe(sent);
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
