/** A Secrets Manager that answers with one secret, whatever it is asked for; on loopback. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type LinkSecret = { environment: Record<string, string>; stop(): Promise<void> };

/** Starts it; `environment` points functions at it. */
export async function startLinkSecret(): Promise<LinkSecret> {
  const answer = JSON.stringify({ SecretString: 'the link secret of a test, which is long enough' });
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
      LINK_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:link',
      BACKUP_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:backups',
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
