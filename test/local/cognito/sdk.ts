/** The AWS SDK's own client, talking over HTTP to a started pool as it would to the front. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { InitiateAuthCommandOutput } from '@aws-sdk/client-cognito-identity-provider';
import { AwsError } from '#local/parts/contract.ts';
import { PASSWORD, POOL_ID, startPool } from './pool.ts';
import type { TestPool } from './pool.ts';

export type SdkPool = {
  pool: TestPool;
  sdk: CognitoIdentityProviderClient;
  initiate: (email: string, password?: string, clientId?: string) => Promise<InitiateAuthCommandOutput>;
  signIn: (email: string, clientId?: string) => Promise<{ access: string; refresh: string }>;
  stop: () => Promise<void>;
};

export async function startSdkPool(): Promise<SdkPool> {
  const pool = await startPool();
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      let body = '';
      for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
      const action = String(request.headers['x-amz-target']).replace(/^.*\./, '');
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      try {
        response.end(JSON.stringify(await pool.call(action, JSON.parse(body) as Record<string, unknown>)));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        response.writeHead(error.status).end(JSON.stringify({ __type: error.code, message: error.message }));
      }
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sdk = new CognitoIdentityProviderClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'LOCALADMIN', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const initiate: SdkPool['initiate'] = (email, password = PASSWORD, ClientId = 'console') =>
    sdk.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId,
        AuthParameters: { USERNAME: email, PASSWORD: password },
      }),
    );
  return {
    pool,
    sdk,
    initiate,
    async signIn(email, clientId) {
      const { AuthenticationResult: result } = await initiate(email, PASSWORD, clientId);
      return { access: result?.AccessToken ?? '', refresh: result?.RefreshToken ?? '' };
    },
    async stop() {
      sdk.destroy();
      server.closeAllConnections();
      server.close();
      await pool.stop();
    },
  };
}

/** What an SDK exception must look like. */
export function named(name: string, message?: string): { name: string; message?: string } {
  return message === undefined ? { name } : { name, message };
}

export function admin(Username: string): { UserPoolId: string; Username: string } {
  return { UserPoolId: POOL_ID, Username };
}
