/**
 * Demo data, made through the real login and the real API: an owner with the tenant `acme`, a colleague whose
 * invitation waits in the mailbox, and an administrator of the platform. Their one password is random and
 * stands in the state folder. Where it is wanted, several tenants get a month of activity on top (demo/month.ts).
 * Seeding twice changes nothing (OPS-6).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { GateTable } from '#local/demo/counters.ts';
import { fillMonth } from '#local/demo/month.ts';
import { type Login, signIn } from '#local/sign-in.ts';

export type DemoOptions = {
  /** State folder; the credentials are kept in its `demo.json`. */
  state: string;
  apiUrl: string;
  login: Login;
  /** The user pool, at the front, as the runtime itself. */
  userPool: { id: string; region: string; endpoint: string; accessKeyId: string };
  /** Residency of the demo tenant. */
  region: string;
  /** Where a month of activity is written to; none is made without. */
  month?: { databaseUrl: string; gate: GateTable } | undefined;
};

/** What `demo.json` holds; `tenantId` is set once everything has been made. */
export type Demo = {
  password: string;
  users: { owner: string; colleague: string; admin: string };
  tenantId?: string;
  /** The moment before which a month of activity was wanted, and whether all of it is there. */
  monthBefore?: string;
  isMonthFilled?: true;
};

const users = {
  owner: 'owner@acme.example',
  colleague: 'colleague@acme.example',
  admin: 'admin@plinth.example',
};

const names = { owner: 'Olivia Owner', colleague: 'Cole Colleague', admin: 'Ada Admin' };

/** Makes what is missing of the demo data and returns the credentials. */
export async function seedDemo(options: DemoOptions): Promise<Demo> {
  const known = readDemo(options.state);
  const month = known?.isMonthFilled === true ? undefined : options.month;
  if (known?.tenantId !== undefined && month === undefined) return known;
  const demo: Demo = {
    ...(known ?? { password: newPassword(), users }),
    ...(month === undefined ? {} : { monthBefore: known?.monthBefore ?? new Date().toISOString() }),
  };
  // Before the first account: its password must not be lost.
  writeDemo(options.state, demo);
  await createUsers(options, demo);
  const tenantId = await createTenant(options, demo);
  if (month !== undefined) await fill(options, month, demo, tenantId);
  const finished: Demo = { ...demo, tenantId, ...(month === undefined ? {} : { isMonthFilled: true }) };
  writeDemo(options.state, finished);
  return finished;
}

async function fill(
  { userPool }: DemoOptions,
  target: NonNullable<DemoOptions['month']>,
  { monthBefore = '', users: { owner, admin } }: Demo,
  tenantId: string,
): Promise<void> {
  const cognito = clientOf(userPool);
  const subOf = async (email: string): Promise<string> => {
    const wanted = new AdminGetUserCommand({ UserPoolId: userPool.id, Username: email });
    const { UserAttributes = [] } = await cognito.send(wanted);
    return UserAttributes.find(({ Name }) => Name === 'sub')?.Value ?? '';
  };
  try {
    await fillMonth({
      ...{ ...target, at: new Date(monthBefore), tenantId: tenantId.slice(tenantId.indexOf('_') + 1) },
      ...{ owner: await subOf(owner), staff: await subOf(admin) },
    });
  } finally {
    cognito.destroy();
  }
}

/** The demo credentials of a state folder, if it has any. */
export function readDemo(state: string): Demo | undefined {
  try {
    return JSON.parse(readFileSync(join(state, 'demo.json'), 'utf8')) as Demo;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeDemo(state: string, demo: Demo): void {
  const file = join(state, 'demo.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function newPassword(): string {
  // The suffix brings all four kinds of characters that the password policy may ask for.
  return `${randomBytes(9).toString('base64url')}-Aa1`;
}

async function createUsers({ userPool }: DemoOptions, demo: Demo): Promise<void> {
  const cognito = clientOf(userPool);
  try {
    const of = (Username: string) => ({ UserPoolId: userPool.id, Username });
    for (const role of ['owner', 'colleague', 'admin'] as const) {
      const email = demo.users[role];
      await createUser(cognito, { ...of(email), email, name: names[role] });
      const password = { Password: demo.password, Permanent: true };
      await cognito.send(new AdminSetUserPasswordCommand({ ...of(email), ...password }));
    }
    const admin = { ...of(demo.users.admin), GroupName: 'platform-admin' };
    await cognito.send(new AdminAddUserToGroupCommand(admin));
  } finally {
    cognito.destroy();
  }
}

function clientOf({ region, endpoint, accessKeyId }: DemoOptions['userPool']): CognitoIdentityProviderClient {
  const credentials = { accessKeyId, secretAccessKey: 'local' };
  return new CognitoIdentityProviderClient({ region, endpoint, credentials });
}

async function createUser(
  cognito: CognitoIdentityProviderClient,
  { email, name, ...user }: { UserPoolId: string; Username: string; email: string; name: string },
): Promise<void> {
  const attributes = { email, email_verified: 'true', name };
  const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  try {
    await cognito.send(new AdminCreateUserCommand({ ...user, UserAttributes, MessageAction: 'SUPPRESS' }));
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
  }
}

/** An earlier seeding may have been interrupted anywhere, so what is there already is taken as it is. */
async function createTenant({ apiUrl, login, region }: DemoOptions, demo: Demo): Promise<string> {
  const { accessToken } = await signIn({ ...login, email: demo.users.owner, password: demo.password });
  const call = callerOf(apiUrl, accessToken);
  const { items } = (await call('GET', '/v1/me/memberships')) as { items: Membership[] };
  const existing = items.find(({ slug }) => slug === 'acme')?.tenantId;
  const tenantId = existing ?? (await foundAcme(call, region));
  const invitation = { email: demo.users.colleague, role: 'operator' };
  await call('POST', '/v1/invitations', { body: invitation, tenantId, mayExist: true });
  return tenantId;
}

type Membership = { tenantId: string; slug: string };

async function foundAcme(call: Call, region: string): Promise<string> {
  const tenant = { slug: 'acme', name: 'Acme Ltd', region, plan: 'basic' };
  return ((await call('POST', '/v1/tenants', { body: tenant })) as { id: string }).id;
}

const mostTries = 5;

type Call = (
  method: 'GET' | 'POST',
  path: string,
  options?: { body?: object; tenantId?: string; mayExist?: boolean },
) => Promise<unknown>;

function callerOf(apiUrl: string, accessToken: string): Call {
  return async (method, path, { body, tenantId, mayExist = false } = {}) => {
    const key = randomUUID();
    const send = async () =>
      fetch(apiUrl.replace(/\/$/, '') + path, {
        method,
        headers: {
          authorization: `Bearer ${accessToken}`,
          'idempotency-key': key,
          ...(tenantId === undefined ? {} : { 'x-tenant-id': tenantId }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
    let answer = await send();
    // On a busy machine functions that start can miss their deadline; the key makes trying again safe.
    for (let tries = 1; answer.status === 503 && tries < mostTries; tries += 1) {
      await sleep(1_000);
      answer = await send();
    }
    const text = await answer.text();
    if (answer.ok || (mayExist && answer.status === 409)) return JSON.parse(text) as unknown;
    throw new Error(`The demo data could not be made: ${method} ${path} answered ${answer.status} ${text}`);
  };
}
