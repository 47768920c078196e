/** Tells the test workers where the run's PostgreSQL server is; starts it when the first of them asks. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestServer } from './postgres-server.ts';

type Started = Awaited<ReturnType<typeof startTestServer>>;

let service: Server | undefined;
let postgres: Promise<Started> | undefined;

export async function startPostgresService(): Promise<void> {
  // The path is a secret: the answer contains the administrator's password.
  const path = `/${randomUUID()}`;
  service = createServer((request, response) => {
    if (request.url !== path) {
      response.writeHead(404).end();
      return;
    }
    postgres ??= startTestServer();
    postgres.then(
      ({ adminUrl }) => response.end(adminUrl),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const { port } = service.address() as AddressInfo;
  process.env.PLINTH_TEST_POSTGRES = `http://127.0.0.1:${port}${path}`;
}

export async function stopPostgresService(): Promise<void> {
  service?.closeAllConnections();
  service?.close();
  const started = await postgres?.catch(() => undefined);
  await started?.stop();
  service = undefined;
  postgres = undefined;
}
