/** A DynamoDB that answers at once and remembers nothing. Started as a process of its own; tells its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const minute = Math.floor(Date.now() / 60_000);
const number = (value: number) => ({ N: String(value) });

/** An item as the gate keeps it, early in a month. */
const item = {
  pk: { S: 'T#00000000-0000-4000-8000-000000000000' },
  cv: number(1),
  ...{ [`m${minute}`]: number(3), [`m${minute - 1}`]: number(2), h480000: number(40), M202601: number(900) },
  ttl: number(2_000_000_000),
};
const updated = JSON.stringify({ Attributes: item });
const found = JSON.stringify({ Item: item });
/** The item of the platform is not there until somebody switches something, and most often nobody has. */
const missing = '{}';

// Whoever started it may have been killed.
process.on('disconnect', () => process.exit());

const server = createServer((request, response) => {
  const isRead = String(request.headers['x-amz-target']).endsWith('GetItem');
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    const ofPlatform = isRead && Buffer.concat(parts).includes('P#platform');
    response.end(!isRead ? updated : ofPlatform ? missing : found);
  });
});
// Longer than the bench runs: a connection that is opened anew is not what it measures.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
