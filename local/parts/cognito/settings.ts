/** The pool as the template describes it, and what the parts of the stand-in share at run time. */
import type { DatabaseSync } from 'node:sqlite';
import type { Invoke } from '../contract.ts';
import type { Keys } from './keys.ts';

/** Lambda triggers this stand-in invokes; `PreTokenGeneration` is always the V2_0 event. */
export type TriggerName =
  | 'PreSignUp'
  | 'PostConfirmation'
  | 'PreTokenGeneration'
  | 'PreAuthentication'
  | 'PostAuthentication'
  | 'CustomMessage';

export type PoolClient = {
  clientId: string;
  name: string;
  callbackUrls: string[];
  logoutUrls: string[];
  scopes: string[];
  accessTokenMinutes: number;
  idTokenMinutes: number;
  refreshTokenDays: number;
  /** `ALLOW_USER_PASSWORD_AUTH`, `ALLOW_REFRESH_TOKEN_AUTH`, … */
  authFlows: string[];
  rotateRefreshTokens: boolean;
};

export type PoolSettings = {
  /** Like `us-east-1_plinthlocal`. */
  poolId: string;
  arn: string;
  region: string;
  passwordPolicy: {
    minimumLength: number;
    requireLowercase: boolean;
    requireUppercase: boolean;
    requireNumbers: boolean;
    requireSymbols: boolean;
  };
  mfa: 'OFF' | 'OPTIONAL' | 'ON';
  /** Function ARNs from the pool's LambdaConfig. */
  triggers: Partial<Record<TriggerName, string>>;
  /** Names of the groups that the template defines. */
  groups: string[];
  clients: PoolClient[];
};

export type Mail = { to: string; subject: string; text: string; html?: string };

/** What every behaviour of the pool needs: its settings, its store, its keys and its way out. */
export type Pool = {
  settings: PoolSettings;
  store: DatabaseSync;
  keys: Keys;
  invoke: Invoke;
  sendMail: (mail: Mail) => Promise<void>;
  log: (line: string) => void;
};

/** Issuer of every token of the pool, exactly as on AWS. */
export function issuerOf(settings: PoolSettings): string {
  return `https://cognito-idp.${settings.region}.amazonaws.com/${settings.poolId}`;
}

export function findClient(settings: PoolSettings, clientId: unknown): PoolClient | undefined {
  return settings.clients.find((client) => client.clientId === clientId);
}
