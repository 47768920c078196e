/** The process that hosts dynalite; see dynamodb.ts. */
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import dynalite from 'dynalite';
import { callAws } from '../../front/call.ts';
import { beChild } from '../child.ts';

const { settings, ready, onParentGone } = beChild<{ folder: string; region: string }>();

const server: Server = dynalite({
  path: settings.folder,
  createTableMs: 0,
  deleteTableMs: 0,
  updateTableMs: 0,
});
// Node drops idle connections after five seconds by default; the front would then meet a closed socket.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  // dynalite opens its folder lazily and reports a locked one only by failing the first request.
  callAws({
    port,
    target: 'DynamoDB_20120810.ListTables',
    body: {},
    region: settings.region,
    timeoutMs: 2_000,
  }).then(
    () => ready({ port }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

onParentGone(
  () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
);
