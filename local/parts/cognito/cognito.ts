/**
 * A stand-in for an Amazon Cognito user pool: the login domain (OAuth 2 with PKCE and hosted pages) and the
 * API actions, over one user store, with Cognito's tokens, triggers, errors and limits.
 */
import { setInterval } from 'node:timers';
import type { Invoke, PartHandler, Running } from '../contract.ts';
import { messagePage } from '#local/pages/login/pages.ts';
import { apiHandler } from './api.ts';
import { loadKeys } from './keys.ts';
import { createProvider } from './provider.ts';
import type { Mail, Pool, PoolSettings } from './settings.ts';
import { openPoolStore, sweep } from './store.ts';
import { loginServer } from './web.ts';

export type { PoolClient, PoolSettings, TriggerName } from './settings.ts';

const SWEEP_MS = 60_000;

export async function startCognito(options: {
  /** State folder; users, sign-ins and keys survive a restart there. */
  state: string;
  pool: PoolSettings;
  /** Of the login domain, on localhost. */
  port: number;
  invoke: Invoke;
  sendMail: (mail: Mail) => Promise<void>;
  log: (line: string) => void;
}): Promise<Running & { loginUrl: string; handler: PartHandler; jwks(): unknown }> {
  const keys = await loadKeys(options.state);
  const store = openPoolStore(options.state);
  const { pool: settings, invoke, sendMail, log } = options;
  const pool: Pool = { settings, store, keys, invoke, sendMail, log };
  const provider = createProvider(pool, (message) => messagePage('This sign-in cannot go on', message));
  provider.on('server_error', (_ctx, error: Error) => log(`login domain: ${error.stack ?? error.message}`));
  const server = loginServer(pool, provider);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, '127.0.0.1', resolve);
    });
  } catch (error) {
    store.close();
    throw error;
  }
  const address = server.address();
  const loginUrl = `http://localhost:${typeof address === 'object' && address !== null ? address.port : options.port}`;
  sweep(store);
  const sweeper = setInterval(() => sweep(store), SWEEP_MS);
  sweeper.unref();

  return {
    loginUrl,
    handler: apiHandler(pool, provider, loginUrl.replace('localhost', '127.0.0.1')),
    jwks: () => keys.publicSet,
    async stop() {
      clearInterval(sweeper);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      store.close();
    },
  };
}
