/** A started pool with a mailbox, a trigger recorder and a place to change its rows, for the tests beside it. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startCognito } from '#local/parts/cognito/cognito.ts';
import type { PoolClient, PoolSettings } from '#local/parts/cognito/cognito.ts';
import type { InvokeResult } from '#local/parts/contract.ts';

export const POOL_ID = 'us-east-1_plinthlocal';
export const PASSWORD = 'correct Horse 7 battery';
export const CALLBACK = 'http://localhost:5173/callback';

export type TriggerEvent = {
  version: string;
  triggerSource: string;
  region: string;
  userPoolId: string;
  userName: string;
  callerContext: { clientId: string };
  request: Record<string, unknown>;
  response: Record<string, unknown>;
};
export type Trigger = (event: TriggerEvent) => InvokeResult | Promise<InvokeResult>;

export type TestPool = Awaited<ReturnType<typeof startCognito>> & {
  state: string;
  mails: { to: string; subject: string; text: string; html?: string }[];
  logs: string[];
  /** The last code or temporary password sent to an address. */
  codeFor(email: string): string;
  call(action: string, body: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Changes rows as time or an accident would. */
  sql(statement: string, ...values: (string | number)[]): Record<string, unknown>[];
  /** A confirmed user. */
  addUser(email: string, password?: string): Promise<string>;
  restart(): Promise<TestPool>;
};

export const CLIENT: PoolClient = {
  clientId: 'console',
  name: 'Plinth console',
  callbackUrls: [CALLBACK, 'https://app.example.com/callback'],
  logoutUrls: ['http://localhost:5173/goodbye'],
  scopes: ['openid', 'email', 'profile'],
  accessTokenMinutes: 5,
  idTokenMinutes: 5,
  refreshTokenDays: 30,
  authFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  rotateRefreshTokens: true,
};

export const SETTINGS: PoolSettings = {
  poolId: POOL_ID,
  arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${POOL_ID}`,
  region: 'us-east-1',
  passwordPolicy: {
    minimumLength: 12,
    requireLowercase: true,
    requireUppercase: true,
    requireNumbers: true,
    requireSymbols: false,
  },
  mfa: 'OFF',
  triggers: {},
  groups: ['platform-admin', 'platform-support'],
  clients: [
    CLIENT,
    { ...CLIENT, clientId: 'plain', name: 'Plain', rotateRefreshTokens: false },
    { ...CLIENT, clientId: 'closed', name: 'Closed', authFlows: [] },
  ],
};

export async function startPool(
  settings: Partial<PoolSettings> = {},
  trigger: Trigger = (event) => ({ ok: true, payload: event }),
  state = mkdtempSync(join(tmpdir(), 'plinth-cognito-')),
): Promise<TestPool> {
  const mails: TestPool['mails'] = [];
  const logs: string[] = [];
  const running = await startCognito({
    state,
    pool: { ...SETTINGS, ...settings },
    port: 0,
    invoke: async (_function, event) => trigger(structuredClone(event) as TriggerEvent),
    sendMail: async (mail) => void mails.push(mail),
    log: (line) => void logs.push(line),
  });
  const call: TestPool['call'] = async (action, body) => {
    const answer = await running.handler({
      service: 'cognito-idp',
      action,
      body,
      region: 'us-east-1',
      caller: 'test',
    });
    return answer.body as Record<string, unknown>;
  };
  return {
    ...running,
    state,
    mails,
    logs,
    call,
    codeFor(email) {
      const mail = mails.findLast(({ to, text }) => to === email && /\d{6}/.test(text));
      const code = /\d{6}/.exec(mail?.text ?? '')?.[0];
      if (code === undefined) throw new Error(`No code was sent to ${email}`);
      return code;
    },
    sql(statement, ...values) {
      const store = new DatabaseSync(join(state, 'cognito', 'cognito.sqlite'));
      try {
        return store.prepare(statement).all(...values);
      } finally {
        store.close();
      }
    },
    async addUser(email, password = PASSWORD) {
      const created = await call('AdminCreateUser', {
        UserPoolId: POOL_ID,
        Username: email,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
          { Name: 'name', Value: 'Ada Lovelace' },
        ],
      });
      await call('AdminSetUserPassword', {
        UserPoolId: POOL_ID,
        Username: email,
        Password: password,
        Permanent: true,
      });
      return (created.User as { Username: string }).Username;
    },
    async restart() {
      await running.stop();
      return startPool(settings, trigger, state);
    },
    async stop() {
      await running.stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** What an authenticator app would show, some steps from now. */
export function totp(secret: string, ahead = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac[19] as number) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
